"""Outages of which a channel is to be told, as rows."""

from datetime import datetime, timedelta
from typing import Any

from monitors.domain.alerting import Attempt, Event, Facts
from monitors.domain.incidents import Ending
from monitors.models import Alert, Channel, Incident

from .clock import NOON
from .factories import a_service

ARRIVED = Attempt(delivered=True, answer="200 OK", took_ms=12.5)
REFUSED = Attempt(delivered=False, answer="500 Internal Server Error", took_ms=12.5)
GONE = Attempt(delivered=False, answer="410 Gone", is_final=True)


def an_outage(channel: Channel, at: datetime = NOON, **values: Any) -> Alert:
    """Open an incident of a new service, and queue the alert of it."""
    service = a_service(now=at)
    incident = Incident.objects.create(
        service=service,
        service_name=service.name,
        service_url=service.url,
        started_at=at,
        **values,
    )
    return _queued(channel, Event.DOWN, incident, at, channel.group_s + channel.escalate_after_s)


def over(outage: Alert, at: datetime) -> Alert:
    """Resolve the incident of an alert, and queue the recovery."""
    incident, channel = outage.incident, outage.channel
    assert incident is not None
    assert channel is not None
    incident.resolved_at, incident.ending = at, Ending.RECOVERED.value
    incident.save(update_fields=["resolved_at", "ending"])
    return _queued(channel, Event.UP, incident, at, channel.group_s)


def fate(alert: Alert) -> tuple[str, str]:
    """Give what has become of an alert, and what holds it."""
    alert.refresh_from_db()
    return alert.fate, alert.hold


def _queued(
    channel: Channel, event: Event, incident: Incident, at: datetime, wait_s: float
) -> Alert:
    facts = Facts(
        service_id=incident.service_id,
        service_name=incident.service_name,
        service_url=incident.service_url,
        incident_id=incident.pk,
        started_at=incident.started_at,
        resolved_at=incident.resolved_at,
    )
    return Alert.objects.create(
        channel=channel,
        channel_name=channel.name,
        event=event.value,
        about=f"incident:{incident.pk}",
        incident=incident,
        service_id=incident.service_id,
        facts=facts.to_json(),
        created_at=at,
        due_at=at + timedelta(seconds=wait_s),
    )
