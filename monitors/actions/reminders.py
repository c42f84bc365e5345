"""Queues reminders of outages that last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from monitors.domain.alerting import Event, Fate
from monitors.models import Alert, Channel, Incident


@dataclass(frozen=True, slots=True)
class _Reminded:
    """How often a channel was reminded of an incident, and when last."""

    times: int = 0
    last_at: datetime | None = None
    waits: bool = False
    """Whether one is still to be told: then there is none after it."""


def remind(now: datetime) -> int:
    """Queue what is to be said again, and give its number.

    A channel is reminded of what it was told: at its pace while nobody has acknowledged, and once
    when a snooze has ended, since that is what somebody has asked for.
    """
    outages = _told_and_lasting(now)
    reminded = _reminded(outages)
    due = [
        (outage, before.times + 1)
        for outage in outages
        if _is_due(outage, before := reminded.get(_key(outage), _Reminded()), now)
    ]
    made = Alert.objects.bulk_create(
        [_reminder(outage, number, now) for outage, number in due],
        batch_size=1_000,
        ignore_conflicts=True,
    )
    return len(made)


def _told_and_lasting(now: datetime) -> list[Alert]:
    at_its_pace = Q(channel__remind_every_s__gt=0, incident__acknowledged_at=None)
    after_a_snooze = Q(incident__snoozed_until__lte=now)
    told = Alert.objects.filter(
        at_its_pace | after_a_snooze,
        incident__in=Incident.objects.open(),
        channel__enabled=True,
        event=Event.DOWN.value,
        fate=Fate.TOLD.value,
        message__next_try_at=None,
    )
    return list(told.select_related("channel", "incident", "message"))


def _reminded(outages: Sequence[Alert]) -> Mapping[tuple[int | None, int | None], _Reminded]:
    if not outages:
        return {}
    reminders = Alert.objects.filter(
        incident__among={outage.incident_id for outage in outages}, event=Event.REMINDER.value
    )
    counted = reminders.values_list("channel_id", "incident_id").annotate(
        Count("pk"),
        Max("created_at"),
        waiting=Count("pk", filter=Q(fate=Fate.WAITING.value)),
    )
    return {
        (channel_id, incident_id): _Reminded(times, last_at, waiting > 0)
        for channel_id, incident_id, times, last_at, waiting in counted.order_by()
    }


def _key(outage: Alert) -> tuple[int | None, int | None]:
    return outage.channel_id, outage.incident_id


def _is_due(outage: Alert, before: _Reminded, now: datetime) -> bool:
    channel, incident, message = outage.channel, outage.incident, outage.message
    if channel is None or incident is None or message is None or before.waits:
        return False
    if incident.is_snoozed(now):
        return False
    said_at = max(before.last_at or message.created_at, message.created_at)
    snoozed_until = incident.snoozed_until
    if snoozed_until is not None and said_at < snoozed_until:
        return True
    return _wants_more(channel, incident) and now >= said_at + _pace(channel)


def _wants_more(channel: Channel, incident: Incident) -> bool:
    return channel.remind_every_s > 0 and incident.acknowledged_at is None


def _pace(channel: Channel) -> timedelta:
    return timedelta(seconds=channel.remind_every_s)


def _reminder(outage: Alert, number: int, now: datetime) -> Alert:
    facts = replace(outage.told_facts(), number=number)
    return Alert(
        channel=outage.channel,
        channel_name=outage.channel_name,
        event=Event.REMINDER.value,
        about=f"reminder:{outage.incident_id}:{number}",
        incident=outage.incident,
        service_id=outage.service_id,
        facts=facts.to_json(),
        created_at=now,
        due_at=now,
    )
