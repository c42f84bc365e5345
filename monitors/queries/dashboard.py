"""The list page: filtered, sorted and paged by the database.

It reads no history, and takes the same number of queries for ten services and ten thousand.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Case, Count, F, IntegerField, Q, Value, When

from monitors.domain.state import State
from monitors.domain.uptime import Uptime
from monitors.models import Service, Tag
from monitors.models.service import ServiceQuerySet, is_stale

from .uptime import uptime_of_many

PAGE_SIZE = 50
LISTED = (
    "name",
    "url",
    "state",
    "state_since",
    "fresh_until",
    "recent",
    "streak",
    "streak_since",
    "failures_before_down",
    "interval_s",
    "last_checked_at",
    "last_message",
    "last_response_time_ms",
)
WORST_FIRST = (State.DOWN, State.DEGRADED, State.UNKNOWN, State.UP, State.PAUSED)


class Sort(StrEnum):
    """The orders a list can have."""

    WORST = "worst"
    NAME = "name"
    SLOWEST = "slowest"
    NEWEST = "newest"

    @property
    def label(self) -> str:
        return {
            Sort.WORST: "Worst first",
            Sort.NAME: "By name",
            Sort.SLOWEST: "Slowest first",
            Sort.NEWEST: "Newest first",
        }[self]


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which services to list, and how."""

    words: tuple[str, ...] = ()
    state: State | None = None
    tag: str = ""
    sort: Sort = Sort.WORST
    page: int = 1

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves services out."""
        return bool(self.words or self.state or self.tag)


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One line of the list."""

    id: int
    name: str
    url: str
    state: State
    """As shown: UNKNOWN where nobody has looked lately."""
    since: datetime
    last_checked_at: datetime | None
    message: str
    response_time_ms: float | None
    recent: str
    """Its last results, as `domain.heartbeats` reads them."""
    tags: tuple[str, ...]
    uptime: Uptime | None
    """Of the last 24 hours; only on the list."""
    failing_since: datetime | None
    """When a failure began that is not confirmed yet."""
    failures: int
    failures_needed: int
    interval_s: int


@dataclass(frozen=True, slots=True)
class StateCount:
    state: State
    count: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the list, and the counts over it."""

    services: Sequence[ServiceRow]
    counts: tuple[StateCount, ...]
    """Of all services, whatever the filter; worst first."""
    total: int
    matching: int
    number: int
    pages: int
    tags: tuple[str, ...]

    @property
    def previous_number(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next_number(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many services there are: in all, by the state that is shown, and that are calm."""

    total: int
    states: tuple[StateCount, ...]
    calm: int

    def of(self, state: State) -> int:
        return next(entry.count for entry in self.states if entry.state is state)


def list_page(wanted: ListFilter, now: datetime) -> ListPage:
    counts = _counts(now)
    found = filtered(wanted, now)
    matching = _matching(wanted, counts)
    if matching is None:
        matching = found.count()
    pages = max(1, -(-matching // PAGE_SIZE))
    number = min(max(1, wanted.page), pages)
    window = slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE)
    if wanted.is_narrow or wanted.sort is not Sort.WORST:
        # Sorted by number alone: whole rows of all services would go through the sorting.
        ids = list(found.values_list("pk", flat=True)[window])
    else:
        ids = _worst_first(window, counts, now)
    return ListPage(
        services=_rows(ids, now),
        counts=counts.states,
        total=counts.total,
        matching=matching,
        number=number,
        pages=pages,
        tags=tuple(Tag.objects.values_list("name", flat=True)),
    )


def _matching(wanted: ListFilter, counts: _Counts) -> int | None:
    """Give how many match where that has been counted already."""
    if wanted.words or wanted.tag:
        return None
    return counts.of(wanted.state) if wanted.state is not None else counts.total


def _worst_first(window: slice, counts: _Counts, now: datetime) -> list[int]:
    """Give the ids of a stretch of all services. To rank those that are calm takes far longer."""
    paused = counts.of(State.PAUSED)
    troubled = _sorted(_not_calm(now).filter(paused=False), Sort.WORST, now)
    by_name = Service.objects.order_by("name", "pk")
    fresh = Q(fresh_until=None) | Q(fresh_until__gte=now)
    parts = (
        (counts.total - counts.calm - paused, troubled),
        (counts.calm, by_name.filter(fresh, state=State.UP.value, streak=0)),
        (paused, by_name.filter(paused=True)),
    )
    ids: list[int] = []
    start, stop = window.start, window.stop
    for count, part in parts:
        if max(0, start) < min(count, stop):
            ids += part.values_list("pk", flat=True)[max(0, start) : stop]
        start, stop = start - count, stop - count
    # Between two queries a service may have gone over into the next part.
    return list(dict.fromkeys(ids[:PAGE_SIZE]))


def _rows(ids: Sequence[int], now: datetime) -> list[ServiceRow]:
    known = Service.objects.only(*LISTED).in_bulk(ids)
    # One that has been deleted meanwhile is left out.
    shown = [known[pk] for pk in ids if pk in known]
    day = uptime_of_many(shown, timedelta(hours=24), now)
    tags = _tags_of(ids)
    return [service_row(service, now, tags[service.pk], day[service.pk]) for service in shown]


def _tags_of(ids: Sequence[int]) -> dict[int, list[str]]:
    """Give the names of the tags of services; prefetching them would take ten times as long."""
    found: dict[int, list[str]] = defaultdict(list)
    through = Service.tags.through.objects.filter(service__in=ids).order_by("tag__name")
    for service_id, name in through.values_list("service_id", "tag__name"):
        found[service_id].append(name)
    return found


def filtered(wanted: ListFilter, now: datetime) -> ServiceQuerySet:
    """Give the services of a filter in its order, whole."""
    found = Service.objects.with_shown_state(now).matching(wanted.words)
    if wanted.state is not None:
        found = found.filter(Q(shown_state=wanted.state.value))
    if wanted.tag:
        found = found.tagged(wanted.tag)
    return _sorted(found, wanted.sort, now)


def state_counts(now: datetime) -> tuple[StateCount, ...]:
    return _counts(now).states


def _counts(now: datetime) -> _Counts:
    # Most are calm, and are what is left: to group all takes twice as long.
    total = Service.objects.count()
    others = _not_calm(now).order_by().values_list(F("shown_state")).annotate(count=Count("pk"))
    counted: dict[str, int] = dict(others)
    # One may have been added between the two queries.
    calm = max(0, total - sum(counted.values()))
    counted[State.UP] = counted.get(State.UP, 0) + calm
    states = tuple(StateCount(state, counted.get(state, 0)) for state in WORST_FIRST)
    return _Counts(total, states, calm)


def _not_calm(now: datetime) -> ServiceQuerySet:
    """Give the services that are not UP, or fail already, or that nobody has looked at lately."""
    strange = ~Q(state=State.UP.value) | Q(streak__gt=0) | Q(fresh_until__lt=now)
    return Service.objects.with_shown_state(now).filter(strange)


def service_row(
    service: Service,
    now: datetime,
    tags: Sequence[str] | None = None,
    uptime: Uptime | None = None,
) -> ServiceRow:
    """Read a service as the list shows it; its tags too, where they are not given."""
    if tags is None:
        tags = [tag.name for tag in service.tags.all()]
    state = shown_state(service, now)
    stale = state.value != service.state
    return ServiceRow(
        id=service.pk,
        name=service.name,
        url=service.url,
        state=state,
        since=service.fresh_until if stale and service.fresh_until else service.state_since,
        last_checked_at=service.last_checked_at,
        message=service.last_message,
        response_time_ms=service.last_response_time_ms,
        recent=service.recent,
        tags=tuple(tags),
        uptime=uptime,
        failing_since=None if stale else _failing_since(service),
        failures=service.streak,
        failures_needed=service.failures_before_down,
        interval_s=service.interval_s,
    )


def shown_state(service: Service, now: datetime) -> State:
    """Give the state, or UNKNOWN where nobody has looked lately."""
    fresh = service.fresh_until is None or now <= service.fresh_until
    state = State(service.state)
    return state if fresh or state is State.PAUSED else State.UNKNOWN


def _failing_since(service: Service) -> datetime | None:
    return None if service.state == State.DOWN else service.streak_since


def _sorted(found: ServiceQuerySet, sort: Sort, now: datetime) -> ServiceQuerySet:
    match sort:
        case Sort.NAME:
            return found.order_by("name", "pk")
        case Sort.SLOWEST:
            return found.order_by(F("last_response_time_ms").desc(nulls_last=True), "pk")
        case Sort.NEWEST:
            return found.order_by("-pk")
        case Sort.WORST:
            return found.order_by(_rank(now), "-streak", "name", "pk")


def _rank(now: datetime) -> Case:
    """Give the place of the shown state; spelt out, since it is asked of every service."""
    places = {state: Value(rank) for rank, state in enumerate(WORST_FIRST)}
    known = [When(state=state.value, then=place) for state, place in places.items()]
    stale = When(is_stale(now), then=places[State.UNKNOWN])
    return Case(stale, *known, output_field=IntegerField())
