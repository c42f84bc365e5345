"""/incidents/: list, read, acknowledge and reclassify."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from monitors.actions import incident_response
from monitors.domain.incidents import IncidentCause
from monitors.domain.wording import one_line
from monitors.interfaces.schemas.incident import (
    AcknowledgeIn,
    IncidentOut,
    ReclassifyIn,
    WholeIncidentOut,
    incident_out,
    whole_incident_out,
)
from monitors.interfaces.schemas.moment import Moment
from monitors.models import Incident
from monitors.queries.incidents import IncidentFilter, newest_incidents

from .auth import caller
from .errors import Refused

router = Router(tags=["incidents"])

Text = Annotated[str, Field(max_length=200)]


class IncidentQuery(Schema):
    open: bool | None = None
    service: Text = Field("", description="a number, or a part of the name")
    tag: Text = ""
    from_: Annotated[Moment | None, Field(alias="from")] = None
    to: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    before_id: Annotated[int | None, Field(ge=1, lt=2**63)] = None


@router.get("/incidents/", response=list[IncidentOut])
def list_incidents(request: HttpRequest, wanted: Query[IncidentQuery]) -> list[dict[str, Any]]:
    """List incidents, newest first; with two times those of which any part lies between them.

    To read on, give the `id` of the last one as `before_id`.
    """
    del request
    if wanted.from_ and wanted.to and wanted.from_ >= wanted.to:
        raise _invalid("from", "The window must begin before it ends.")
    chosen = IncidentFilter(wanted.open, wanted.service, wanted.tag, wanted.from_, wanted.to)
    now = timezone.now()
    found = newest_incidents(chosen, wanted.limit, wanted.before_id)
    return [incident_out(incident, now) for incident in found]


@router.get("/incidents/{int:incident_id}/", response=WholeIncidentOut)
def read_incident(request: HttpRequest, incident_id: int) -> dict[str, Any]:
    """Give one incident, with what was told of it to whom."""
    del request
    return whole_incident_out(get_object_or_404(Incident, pk=incident_id), timezone.now())


@router.post("/incidents/{int:incident_id}/acknowledge", response=WholeIncidentOut)
def acknowledge_incident(
    request: HttpRequest, incident_id: int, data: AcknowledgeIn
) -> dict[str, Any]:
    """Say that somebody is on it; the first to say so stays named. A note replaces the note.

    While it is snoozed no alerts of it are sent.
    """
    now = timezone.now()
    minutes = data.snooze_minutes
    snooze = timedelta(minutes=minutes) if minutes is not None else None
    with _known():
        try:
            incident = incident_response.acknowledge(
                incident_id, caller(request), now, note=data.note or "", snooze=snooze
            )
        except incident_response.AlreadyResolved as resolved:
            sentence = str(resolved)
            raise Refused(409, "conflict", sentence, {"snooze_minutes": sentence}) from None
    return whole_incident_out(incident, now)


@router.post("/incidents/{int:incident_id}/reclassify", response=WholeIncidentOut)
def reclassify_incident(
    request: HttpRequest, incident_id: int, data: ReclassifyIn
) -> dict[str, Any]:
    """Charge the time of an incident, or the part of it between two times, to another cause.

    Uptime follows at once: `planned` is maintenance, `monitor` and `excluded` are unknown, `fault`
    counts as it was seen.
    """
    now = timezone.now()
    reason = one_line(data.reason)
    if not reason:
        raise _invalid("reason", "Say why in words that can be seen.")
    with _known():
        try:
            incident = incident_response.reclassify(
                incident_id,
                IncidentCause(data.cause),
                reason,
                caller(request),
                now,
                start=data.from_,
                end=data.to,
            )
        except incident_response.BadStretch as bad:
            raise _invalid(bad.field, str(bad)) from None
    return whole_incident_out(incident, now)


@contextmanager
def _known() -> Iterator[None]:
    try:
        yield
    except Incident.DoesNotExist:
        raise Http404 from None


def _invalid(field: str, sentence: str) -> Refused:
    return Refused(422, "invalid", sentence, {field: sentence})
