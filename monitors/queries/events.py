"""The page of recent events: what is told of each change of a service's state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from monitors.domain.state import State
from monitors.domain.state_changes import change_label
from monitors.models import Incident, Period
from monitors.models.service import CONFIRMED_STATES

from .dashboard import tags_of
from .state_changes import EventFilter, Place, find

# Evidence and notes may be long.
_TOLD = ("reason", "message", "started_at", "resolved_at")
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StateChange:
    """One row of the list."""

    id: int
    service_id: int
    service_name: str
    tags: tuple[str, ...]
    state: State
    """The one that began."""
    label: str
    started_at: datetime
    lasted_s: float | None
    """As far as it was seen; None while it lasts."""
    is_unseen: bool
    """Whether nobody has looked since: it may still last."""
    incident: Incident | None
    """The one that began with it, ended with it, or went on through it."""
    ends_incident: bool

    @property
    def is_open_outage(self) -> bool:
        return self.state is State.DOWN and self.lasted_s is None


@dataclass(frozen=True, slots=True)
class EventsPage:
    """One page of the list, newest first."""

    rows: Sequence[StateChange]
    next_place: Place | None
    """Where the next page begins; None on the last."""
    looked_back_to: datetime | None
    """Where the page is short, and there is more to look through."""


class _Facts(NamedTuple):
    """What the database knows of a period."""

    pk: int
    service_id: int
    name: str
    fresh_until: datetime | None
    state: str
    started_at: datetime
    ended_at: datetime | None
    old_state: str | None
    incident_id: int | None
    """The last incident that began before it ended."""


def events_page(wanted: EventFilter, after: Place | None, now: datetime) -> EventsPage:
    """Read a page in at most six queries, however many services and changes there are."""
    found = find(wanted, after)
    return EventsPage(_changes(found.ids, now), found.next_place, found.looked_back_to)


def _changes(ids: Sequence[int], now: datetime) -> list[StateChange]:
    if not ids:
        return []
    facts = _facts(ids)
    tags = tags_of([each.service_id for each in facts])
    numbers = {each.incident_id for each in facts if each.incident_id is not None}
    incidents = Incident.objects.only(*_TOLD).in_bulk(numbers)
    return [
        _change(each, tags[each.service_id], incidents.get(each.incident_id or 0), now)
        for each in facts
    ]


def _facts(ids: Sequence[int]) -> list[_Facts]:
    """Read periods in the order of their ids; one that is gone meanwhile is left out."""
    before = Period.objects.filter(
        service=OuterRef("service"), started_at__lt=OuterRef("started_at")
    )
    # The incidents of a service do not overlap: of those that began in time the last one decides.
    ended_at = Coalesce(OuterRef("ended_at"), Value(_FOR_EVER))
    incidents = Incident.objects.filter(service=OuterRef("service"), started_at__lt=ended_at)
    columns = ("service_id", "service__name", "service__fresh_until", "state", "started_at")
    rows = Period.objects.filter(pk__among=ids).values_list(
        "pk",
        *columns,
        "ended_at",
        Subquery(before.order_by("-started_at").values("state")[:1]),
        Subquery(incidents.order_by("-started_at").values("pk")[:1]),
    )
    found = {row[0]: _Facts(*row) for row in rows}
    return [found[pk] for pk in ids if pk in found]


def _change(
    facts: _Facts, tags: Sequence[str], incident: Incident | None, now: datetime
) -> StateChange:
    state, old = State(facts.state), facts.old_state
    resolved_at = incident.resolved_at if incident is not None else None
    if resolved_at is not None and resolved_at < facts.started_at:
        incident = None
    ends_incident = resolved_at == facts.started_at
    unseen_since = _unseen_since(facts, now)
    ended_at = facts.ended_at or unseen_since
    return StateChange(
        id=facts.pk,
        service_id=facts.service_id,
        service_name=facts.name,
        tags=tuple(tags),
        state=state,
        label=change_label(state, State(old) if old else None, ends_incident=ends_incident),
        started_at=facts.started_at,
        lasted_s=(ended_at - facts.started_at).total_seconds() if ended_at else None,
        is_unseen=unseen_since is not None,
        incident=incident,
        ends_incident=ends_incident,
    )


def _unseen_since(facts: _Facts, now: datetime) -> datetime | None:
    """Give from when on nobody has looked whether the state still lasts."""
    if facts.ended_at is not None or facts.state not in CONFIRMED_STATES:
        return None
    if facts.fresh_until is None or now <= facts.fresh_until:
        return None
    return max(facts.fresh_until, facts.started_at)
