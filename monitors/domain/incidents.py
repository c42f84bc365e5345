"""What the changes of a service's state do to its incident: open it, go on with it, resolve it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .state import Cause, State, Transition


class IncidentCause(StrEnum):
    """Whose doing the downtime was, as somebody judged afterwards."""

    FAULT = "fault"
    PLANNED = "planned"
    MONITOR = "monitor"
    EXCLUDED = "excluded"

    @property
    def label(self) -> str:
        return _CAUSE_LABELS[self]


_CAUSE_LABELS = {
    IncidentCause.FAULT: "Fault of the service",
    IncidentCause.PLANNED: "Planned maintenance",
    IncidentCause.MONITOR: "Fault of the monitor",
    IncidentCause.EXCLUDED: "Excluded from uptime",
}


class Ending(StrEnum):
    """How an incident ended."""

    RECOVERED = "recovered"
    PAUSED = "paused"
    EDITED = "edited"
    DELETED = "deleted"

    @property
    def label(self) -> str:
        return _ENDING_LABELS[self]


_ENDING_LABELS = {
    Ending.RECOVERED: "recovered",
    Ending.PAUSED: "service paused",
    Ending.EDITED: "address changed",
    Ending.DELETED: "service deleted",
}


class EventKind(StrEnum):
    """What happened in an incident, besides what was sent about it."""

    OPENED = "opened"
    UNSEEN = "unseen"
    SEEN_AGAIN = "seen_again"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    NOTED = "noted"
    RECLASSIFIED = "reclassified"
    RESOLVED = "resolved"

    @property
    def label(self) -> str:
        return _EVENT_LABELS[self]


_EVENT_LABELS = {
    EventKind.OPENED: "Down",
    EventKind.UNSEEN: "Not checked any more",
    EventKind.SEEN_AGAIN: "Still down when checked again",
    EventKind.ACKNOWLEDGED: "Acknowledged",
    EventKind.SNOOZED: "Snoozed",
    EventKind.NOTED: "Note",
    EventKind.RECLASSIFIED: "Reclassified",
    EventKind.RESOLVED: "Resolved",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that happens to the incident of a service."""

    kind: EventKind
    """OPENED, UNSEEN, SEEN_AGAIN or RESOLVED."""
    at: datetime
    cause: Cause | None = None
    """Of OPENED and SEEN_AGAIN: the check that showed it first, where it is known."""
    ending: Ending | None = None
    """Of RESOLVED."""


def turns(
    transitions: Iterable[Transition],
    now: datetime,
    *,
    is_open: bool,
    ending: Ending | None = None,
) -> list[Turn]:
    """Tell what transitions, in order of their time, do to the incident of a service.

    Time in which nobody looked does not end an incident: it goes on until the service is seen
    well, is paused, is given another address or is deleted. `ending` says that one of the latter
    has happened: what is still open after the transitions is resolved by it.
    """
    told: list[Turn] = []
    for transition in transitions:
        at = transition.at
        if transition.new is State.DOWN:
            kind = EventKind.SEEN_AGAIN if is_open else EventKind.OPENED
            told.append(Turn(kind, at, transition.cause))
            is_open = True
        elif not is_open:
            continue
        elif transition.new is State.UNKNOWN:
            if ending is None or at < now:
                told.append(Turn(EventKind.UNSEEN, at))
        elif transition.new is State.PAUSED:
            told.append(Turn(EventKind.RESOLVED, at, ending=Ending.PAUSED))
            is_open = False
        else:
            told.append(Turn(EventKind.RESOLVED, at, ending=Ending.RECOVERED))
            is_open = False
    if is_open and ending is not None:
        told.append(Turn(EventKind.RESOLVED, now, ending=ending))
    return told
