"""Puts alerts that are to be told into messages: few rather than many."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from monitors.domain.alerting import DIGEST, Event, Fate, Hold
from monitors.models import Alert, Channel, Message

from .bulk import update_many

# What was to be told so long ago, and nobody has looked since, is told together.
STALE_AFTER = timedelta(minutes=10)
KEPT_BACK = "This was kept back during quiet hours."


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What goes into one message."""

    alerts: Sequence[Alert]
    extra: dict[str, Any]

    @property
    def event(self) -> str:
        events = {alert.event for alert in self.alerts}
        return events.pop() if len(events) == 1 else DIGEST


def put_in_messages(
    channel: Channel, alerts: Sequence[Alert], late: Collection[int], now: datetime
) -> None:
    """Tell alerts, inside the caller's transaction; `late` are those that could not be sent."""
    parcels = _parcels(channel, alerts, late, now)
    messages = Message.objects.bulk_create(
        [
            Message(
                channel=channel,
                channel_name=channel.name,
                event=parcel.event,
                event_id=f"msg_{uuid4().hex}",
                extra=parcel.extra,
                created_at=now,
                next_try_at=now,
            )
            for parcel in parcels
        ],
        batch_size=1_000,
    )
    rows = [
        (Fate.TOLD.value, Hold.NOTHING.value, message.pk, alert.pk)
        for message, parcel in zip(messages, parcels, strict=True)
        for alert in parcel.alerts
    ]
    update_many(Alert, ("fate", "hold", "message_id"), rows)


def _parcels(
    channel: Channel, alerts: Sequence[Alert], late: Collection[int], now: datetime
) -> list[_Parcel]:
    """Put together what belongs together: what has waited long; the rest by its event."""
    night = _of_the_night(alerts)
    stale = {alert.pk for alert in alerts if _is_stale(alert, now)} - night - set(late)
    together = night | stale | set(late)
    waited = [alert for alert in alerts if alert.pk in together]
    rest = [alert for alert in alerts if alert.pk not in together]
    extra: dict[str, Any] = {}
    if night:
        extra["text"] = KEPT_BACK
    if stale:
        since = min(alert.due_at for alert in waited if alert.pk in stale)
        extra["standstill_s"] = round((now - since).total_seconds())
    if any(alert.pk in late for alert in waited):
        extra["told_late"] = True
    return [_Parcel(some, extra) for some in [waited] if some] + [
        _Parcel(some, {}) for some in _grouped(channel, rest)
    ]


def _of_the_night(alerts: Sequence[Alert]) -> set[int]:
    """Give what quiet hours have held, and the recoveries of it."""
    held = [alert for alert in alerts if alert.hold == Hold.QUIET]
    incidents = {alert.incident_id for alert in held if alert.event == Event.DOWN}
    return {alert.pk for alert in held} | {
        alert.pk for alert in alerts if alert.event == Event.UP and alert.incident_id in incidents
    }


def _is_stale(alert: Alert, now: datetime) -> bool:
    return not alert.hold and alert.due_at <= now - STALE_AFTER


def _grouped(channel: Channel, alerts: Sequence[Alert]) -> list[list[Alert]]:
    if not channel.group_s:
        return [[alert] for alert in alerts]
    by_event: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_event[alert.event].append(alert)
    return list(by_event.values())
