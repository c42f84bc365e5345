"""What people do about an incident: acknowledge, snooze, note, reclassify.

Each writes a line of the incident's story, and who did it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from monitors.domain.incidents import EventKind, IncidentCause
from monitors.domain.moments import written
from monitors.domain.wording import duration
from monitors.models import Exclusion, Incident, IncidentEvent, Service
from monitors.models.incident import MAX_ACTOR_LENGTH

MAX_SNOOZE = timedelta(days=7)
MAX_REASON_LENGTH = 1_000
_SHOWN_TO = timedelta(milliseconds=1)


class AlreadyResolved(Exception):  # noqa: N818 - reads as what it is at every raise
    """There is nothing left to snooze."""

    def __str__(self) -> str:
        return "This incident is resolved already: there is nothing to snooze."


class BadStretch(ValueError):  # noqa: N818 - reads as what it is at every raise
    """A stretch of time that cannot be reclassified; its text is a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        """"from" or "to"."""


def acknowledge(
    incident_id: int, actor: str, now: datetime, *, note: str = "", snooze: timedelta | None = None
) -> Incident:
    """Say that somebody is on it; the first to say so stays named.

    Also of one that is resolved: it tells who has seen it. Raises Incident.DoesNotExist, and
    AlreadyResolved where a resolved one is to be snoozed.
    """
    with _held(incident_id) as incident:
        if snooze is not None and incident.resolved_at is not None:
            raise AlreadyResolved
        if incident.acknowledged_at is None:
            incident.acknowledged_at = now
            incident.acknowledged_by = actor[:MAX_ACTOR_LENGTH]
            _tell(incident, EventKind.ACKNOWLEDGED, now, actor)
        if snooze is not None:
            incident.snoozed_until = now + snooze
            text = f"No alerts for {duration(snooze.total_seconds())}"
            _tell(incident, EventKind.SNOOZED, now, actor, text)
        if note:
            _note(incident, note, actor, now)
    return incident


def annotate(incident_id: int, note: str, actor: str, now: datetime) -> Incident:
    """Replace the note; what it was before stays in the story. Raises Incident.DoesNotExist."""
    with _held(incident_id) as incident:
        if note != incident.note:
            _note(incident, note, actor, now)
    return incident


def reclassify(
    incident_id: int,
    cause: IncidentCause,
    reason: str,
    actor: str,
    now: datetime,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Incident:
    """Say whose doing an incident was: its time is charged by that from now on.

    By default all of it, to its end while it is open; of another stretch, what lies in it. What
    was said before counts where this does not reach. Raises Incident.DoesNotExist and BadStretch.
    """
    with _held(incident_id, with_service=True) as incident:
        begins, ends = _stretch(incident, start, end, now)
        incident.cause = cause.value
        text = f"{cause.label}: {reason}"
        if start or end:
            text += f" ({written(begins, 'full')} to {written(ends, 'full')} UTC)"
        _tell(incident, EventKind.RECLASSIFIED, now, actor, text)
        # Nothing is charged to a service that has been deleted, or for no time at all.
        if incident.service_id is not None and begins < ends:
            Exclusion.objects.create(
                service_id=incident.service_id,
                incident=incident,
                started_at=begins,
                ended_at=ends,
                cause=cause.value,
                reason=reason,
                actor=actor[:MAX_ACTOR_LENGTH],
                created_at=now,
            )
    return incident


def settle(resolved: Iterable[Incident]) -> None:
    """Let what was reclassified as a whole while it was open reach to its end.

    Inside the transaction that resolves the incidents.
    """
    ends = {
        incident.pk: incident.resolved_at
        for incident in resolved
        if incident.cause != IncidentCause.FAULT.value
    }
    if not ends:
        return
    # Such a one ends where it was made.
    whole = list(Exclusion.objects.filter(incident__in=ends, ended_at=F("created_at")))
    for exclusion in whole:
        exclusion.ended_at = ends[exclusion.incident_id or 0] or exclusion.ended_at
    kept = [exclusion for exclusion in whole if exclusion.ended_at > exclusion.started_at]
    Exclusion.objects.bulk_update(kept, ["ended_at"])


@contextmanager
def _held(incident_id: int, *, with_service: bool = False) -> Iterator[Incident]:
    """Hold an incident while it is changed, and save what people may change of it."""
    with transaction.atomic():
        if with_service:
            # First, as whatever moves a service does: else the two could wait for each other.
            service_id = Incident.objects.values_list("service_id", flat=True).get(pk=incident_id)
            Service.objects.select_for_update().filter(pk=service_id).first()
        incident = Incident.objects.select_for_update().get(pk=incident_id)
        yield incident
        incident.save(
            update_fields=["acknowledged_at", "acknowledged_by", "snoozed_until", "note", "cause"]
        )


def _stretch(
    incident: Incident, start: datetime | None, end: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """Give the part of the incident that lies between two times. Raises BadStretch."""
    first, last = incident.started_at, incident.resolved_at or now
    if start is None and end is None:
        return first, last
    begins, ends = start or first, end or last
    if begins >= ends:
        raise BadStretch("from", "The stretch must begin before it ends.")
    if begins >= last:
        raise BadStretch("from", "The incident was over by then.")
    if ends <= first:
        raise BadStretch("to", "The incident had not begun by then.")
    # Whoever copies its end from a page or an answer has it without microseconds.
    return max(begins, first), last if ends > last - _SHOWN_TO else ends


def _note(incident: Incident, note: str, actor: str, now: datetime) -> None:
    incident.note = note
    _tell(incident, EventKind.NOTED, now, actor, note or "The note was removed")


def _tell(incident: Incident, kind: EventKind, now: datetime, actor: str, text: str = "") -> None:
    IncidentEvent.objects.create(
        incident=incident, at=now, kind=kind.value, text=text, actor=actor[:MAX_ACTOR_LENGTH]
    )
