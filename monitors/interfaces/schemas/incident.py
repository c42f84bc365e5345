"""Incidents as the API takes and gives them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from monitors.actions.incident_response import MAX_REASON_LENGTH, MAX_SNOOZE
from monitors.domain.incidents import Ending, IncidentCause
from monitors.models import Incident
from monitors.models.incident import MAX_NOTE_LENGTH
from monitors.queries.deliveries import Delivery, Untold, deliveries_of, untold_of

from .moment import Moment
from .settings import Settings

CauseName = Literal["fault", "planned", "monitor", "excluded"]
EndingName = Annotated[
    str, Field(json_schema_extra={"enum": ["", *(ending.value for ending in Ending)]})
]
MAX_SNOOZE_MINUTES = int(MAX_SNOOZE.total_seconds() // 60)


class IncidentOut(Schema):
    """From the first failed check until the service was well again."""

    id: int
    service: str = Field(..., description="its name when the incident began")
    service_id: int | None = Field(..., description="null where it has been deleted")
    url: str
    started_at: datetime
    resolved_at: datetime | None = Field(..., description="null while it is open")
    reason: str = Field(..., description="of the first failed check, as in its result")
    message: str
    duration_s: float = Field(..., description="so far, while it is open")
    ending: EndingName = Field(..., description="how it ended; empty while it is open")
    cause: CauseName
    acknowledged_at: datetime | None
    acknowledged_by: str
    snoozed_until: datetime | None


class AttemptOut(Schema):
    at: datetime
    delivered: bool
    answer: str = Field(..., description="what the other side said")


class DeliveryOut(Schema):
    """One message that told of the incident, perhaps together with others."""

    channel: str
    event: str
    event_id: str = Field(..., description="the same at every attempt")
    delivered_at: datetime | None
    attempts: list[AttemptOut]


class UntoldOut(Schema):
    """What a channel waits to be told, or was not told."""

    channel: str
    event: str
    due_at: datetime
    waits: bool
    why: str


class EvidenceOut(Schema):
    """What the first failed check met."""

    address: str
    redirects: list[str]
    headers: list[list[str]]
    body_start: str


class WholeIncidentOut(IncidentOut):
    evidence: EvidenceOut | None = Field(..., description="null where none was kept")
    note: str
    deliveries: list[DeliveryOut]
    untold: list[UntoldOut]


class AcknowledgeIn(Settings):
    note: str | None = Field(None, max_length=MAX_NOTE_LENGTH)
    snooze_minutes: int | None = Field(None, ge=1, le=MAX_SNOOZE_MINUTES)


class ReclassifyIn(Settings):
    """By default all of the incident, to its end."""

    cause: CauseName
    reason: str = Field(
        ...,
        min_length=1,
        max_length=MAX_REASON_LENGTH,
        json_schema_extra={"format": "single-line"},
    )
    from_: Annotated[Moment | None, Field(alias="from", strict=False)] = None
    to: Annotated[Moment | None, Field(strict=False)] = None


def incident_out(incident: Incident, now: datetime) -> dict[str, Any]:
    return {
        "id": incident.pk,
        "service": incident.service_name,
        "service_id": incident.service_id,
        "url": incident.service_url,
        "started_at": incident.started_at,
        "resolved_at": incident.resolved_at,
        "reason": incident.reason,
        "message": incident.message,
        "duration_s": round(incident.duration_s(now), 3),
        "ending": incident.ending,
        "cause": IncidentCause(incident.cause).value,
        "acknowledged_at": incident.acknowledged_at,
        "acknowledged_by": incident.acknowledged_by,
        "snoozed_until": incident.snoozed_until,
    }


def whole_incident_out(incident: Incident, now: datetime) -> dict[str, Any]:
    return incident_out(incident, now) | {
        "evidence": _evidence(incident.evidence),
        "note": incident.note,
        "deliveries": [_delivery(delivery) for delivery in deliveries_of(incident)],
        "untold": [_untold(untold) for untold in untold_of(incident)],
    }


def _evidence(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    if kept is None:
        return None
    return {"address": "", "redirects": [], "headers": [], "body_start": ""} | kept


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "channel": delivery.channel,
        "event": delivery.event,
        "event_id": delivery.event_id,
        "delivered_at": delivery.delivered_at,
        "attempts": [
            {"at": attempt.at, "delivered": attempt.delivered, "answer": attempt.answer}
            for attempt in delivery.attempts
        ],
    }


def _untold(untold: Untold) -> dict[str, Any]:
    return {
        "channel": untold.channel,
        "event": untold.event,
        "due_at": untold.due_at,
        "waits": untold.waits,
        "why": untold.why,
    }
