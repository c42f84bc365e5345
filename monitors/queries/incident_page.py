"""Everything on one incident's page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitors.domain.incidents import EventKind, IncidentCause
from monitors.models import DeliveryAttempt, Incident, ServiceStatus

from .deliveries import Delivery, Untold, deliveries_of, event_label, untold_of
from .incidents import IncidentRow, incident_row


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the story of an incident: something that happened, or that somebody was told."""

    at: datetime
    kind: str
    """A value of `EventKind`; of what was told "delivered", "undelivered" or "waiting"."""
    title: str
    text: str
    actor: str = ""
    answer: str = ""
    """Of the other side, to the last attempt."""
    attempts: Sequence[DeliveryAttempt] = ()
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentPage:
    row: IncidentRow
    cause: IncidentCause
    entries: Sequence[Entry]
    """In order of time."""
    untold: Sequence[Untold]
    check: ServiceStatus | None
    """The first failed one, while it is kept."""
    evidence: dict[str, Any] | None

    @property
    def incident(self) -> Incident:
        return self.row.incident


def incident_page(incident: Incident, now: datetime) -> IncidentPage:
    """Read it, in five queries."""
    return IncidentPage(
        row=incident_row(incident, now),
        cause=IncidentCause(incident.cause),
        entries=sorted(
            [*_happened(incident), *map(_told, deliveries_of(incident))],
            key=lambda entry: entry.at,
        ),
        untold=untold_of(incident),
        check=ServiceStatus.objects.filter(pk=incident.check_id or 0).first(),
        evidence=incident.evidence,
    )


def _happened(incident: Incident) -> Iterable[Entry]:
    for event in incident.events.order_by("at", "id"):
        yield Entry(event.at, event.kind, EventKind(event.kind).label, event.text, event.actor)


def _told(delivery: Delivery) -> Entry:
    kind, words = _outcome(delivery)
    return Entry(
        delivery.at,
        kind,
        f"{words} {delivery.channel}",
        event_label(delivery.event),
        answer=delivery.answer,
        attempts=delivery.attempts,
        next_try_at=delivery.next_try_at,
    )


def _outcome(delivery: Delivery) -> tuple[str, str]:
    if delivery.delivered_at is not None:
        return "delivered", "Told"
    return ("waiting", "Not yet told") if delivery.next_try_at else ("undelivered", "Not told")
