"""Finds changes of the states of all services, newest first: each period that began is one.

However many there are, one page looks through a bounded number of them. What is looked for may be
rarer than that: then the page is short, and says how far back it has looked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from monitors.domain.searching import number_of, words_of
from monitors.domain.state import State
from monitors.models import Period, Service

PAGE_SIZE = 50
LOOKED_THROUGH = 20_000
"""Changes that one page looks through at most."""
_NEWEST_FIRST = ("-started_at", "-id")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which changes to show."""

    state: State | None = None
    """The state that began."""
    service: str = ""
    """The number of a service, or words of its name and address."""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: a moment, and a number among the changes of that moment."""

    started_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Found:
    """The periods of one page by number, newest first."""

    ids: list[int]
    next_place: Place | None = None
    """Where the next page begins; None on the last."""
    looked_back_to: datetime | None = None
    """Where the page is short, and there is more to look through."""


def find(wanted: EventFilter, after: Place | None) -> Found:
    """Find one page in at most three queries."""
    service_ids = _service_ids(wanted)
    if service_ids == []:
        return Found([])
    limit = _limit(wanted.state, service_ids, after)
    places = _places(wanted.state, service_ids, after, limit)
    ids = [place.id for place in places[:PAGE_SIZE]]
    if len(places) > PAGE_SIZE:
        return Found(ids, places[PAGE_SIZE - 1])
    # All that began at the limit itself has been looked at.
    return Found(ids, Place(limit, 0), limit) if limit is not None else Found(ids)


def _service_ids(wanted: EventFilter) -> list[int] | None:
    """Give the services whose changes are wanted; None where those of all are."""
    if not wanted.service and not wanted.tag:
        return None
    number = number_of(wanted.service)
    if number is None:
        found = Service.objects.matching(words_of(wanted.service))
    else:
        found = Service.objects.filter(Q(pk=number) | Q(name=wanted.service))
    if wanted.tag:
        found = found.tagged(wanted.tag)
    return list(found.values_list("pk", flat=True))


def _limit(
    state: State | None, service_ids: Sequence[int] | None, after: Place | None
) -> datetime | None:
    """Give the moment up to which a page looks back; None where nothing can be too far."""
    if service_ids is None and state is None:
        return None
    each = LOOKED_THROUGH // len(service_ids) if service_ids else 0
    if not service_ids or each <= PAGE_SIZE:
        return _nth_start(_older(Period.objects.all(), after), LOOKED_THROUGH).first()
    # Few services may have changed long ago: each is followed by itself, as far as a page needs.
    own = _older(Period.objects.filter(service=OuterRef("pk")), after)
    starts = _nth_start(own, PAGE_SIZE if state is None else each)
    services = Service.objects.filter(pk__among=service_ids)
    found: datetime | None = services.aggregate(limit=Max(Subquery(starts)))["limit"]
    return found


def _nth_start(found: QuerySet[Period], number: int) -> QuerySet[Period, datetime]:
    starts = found.order_by(*_NEWEST_FIRST).values_list("started_at", flat=True)
    return starts[number : number + 1]


def _places(
    state: State | None,
    service_ids: Sequence[int] | None,
    after: Place | None,
    limit: datetime | None,
) -> list[Place]:
    """Give one place more than a page has, where there is one."""
    found = _older(Period.objects.all(), after)
    if service_ids is not None:
        found = found.filter(service__among=service_ids)
    if state is not None:
        found = found.filter(state=state.value)
    if limit is not None:
        found = found.filter(started_at__gte=limit)
    rows = found.order_by(*_NEWEST_FIRST).values_list("started_at", "pk")
    return [Place(*row) for row in rows[: PAGE_SIZE + 1]]


def _older(found: QuerySet[Period], after: Place | None) -> QuerySet[Period]:
    if after is None:
        return found
    earlier = Q(started_at__lt=after.started_at)
    # The last condition alone is one that an index can begin at.
    return found.filter(
        earlier | Q(started_at=after.started_at, id__lt=after.id), started_at__lte=after.started_at
    )
