"""Incidents, and what was told of them, for tests that do not need a check to make them."""

from datetime import datetime
from typing import Any

from monitors.domain.alerting import Event, Fate
from monitors.models import Alert, Channel, DeliveryAttempt, Incident, Message, Service

from .clock import noon_plus
from .factories import a_channel, a_service

CHECKED = "connection refused by 192.0.2.7 port 443"


def an_incident(service: Service | None = None, start: float = 0, **values: Any) -> Incident:
    """Make an incident that began so many seconds after noon, open unless `end` says otherwise."""
    service = service or a_service()
    end: float | None = values.pop("end", None)
    given = {
        "service_name": service.name,
        "service_url": service.url,
        "reason": "connect",
        "message": CHECKED,
        "ending": "" if end is None else "recovered",
    }
    return Incident.objects.create(
        service=service,
        started_at=noon_plus(start),
        resolved_at=None if end is None else noon_plus(end),
        **(given | values),
    )


def channel_named(name: str = "Ops") -> Channel:
    return Channel.objects.filter(name=name).first() or a_channel(name)


def an_alert(
    incident: Incident, event: Event = Event.DOWN, fate: Fate = Fate.WAITING, **values: Any
) -> Alert:
    channel = values.pop("channel", None) or channel_named()
    given = {
        "about": f"incident:{incident.pk}",
        "service": incident.service,
        "created_at": incident.started_at,
        "due_at": incident.started_at,
    }
    return Alert.objects.create(
        incident=incident,
        channel=channel,
        channel_name=channel.name,
        event=event.value,
        fate=fate.value,
        **(given | values),
    )


def a_delivery(
    incident: Incident,
    *answers: tuple[float, bool, str],
    event: Event = Event.DOWN,
    channel: Channel | None = None,
) -> Message:
    """Make a message of an incident that was tried at each of some moments."""
    channel = channel or channel_named()
    arrived: list[datetime] = [noon_plus(at) for at, delivered, _ in answers if delivered]
    number = Message.objects.count() + 1
    message = Message.objects.create(
        channel=channel,
        channel_name=channel.name,
        event=event.value,
        event_id=f"msg_{number}",
        created_at=incident.started_at,
        attempts=len(answers),
        delivered_at=arrived[0] if arrived else None,
        answer=answers[-1][2] if answers else "",
    )
    for at, delivered, answer in answers:
        DeliveryAttempt.objects.create(
            message=message, at=noon_plus(at), delivered=delivered, answer=answer
        )
    an_alert(incident, event, Fate.TOLD, channel=channel, message=message)
    return message
