"""Decides what becomes of alerts whose time has come, and makes messages of what is to be told.

Nobody else decides that, and always under the lock of the channel: so any number of checkers make
one message of what belongs together, and nothing is in two.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from monitors.domain.alerting import TEST, Event, Fate, Hold
from monitors.domain.settling import Outcome, of_news, of_recovery
from monitors.models import Alert, Channel, Message

from .bulk import update_many
from .holds import held
from .messages import STALE_AFTER, put_in_messages
from .outbox import drop_channel


def channels_to_gather(now: datetime, *, with_held: bool = True) -> list[int]:
    """Give the channels for which alerts are due; those that were found held only on request."""
    due = Alert.objects.waiting().filter(due_at__lte=now, channel__isnull=False)
    due = due if with_held else due.filter(hold=Hold.NOTHING.value)
    return [pk for pk in due.order_by().values_list("channel_id", flat=True).distinct() if pk]


def gather(channel_id: int, now: datetime, *, with_held: bool = True) -> None:
    """Decide on what is due for a channel. Where one is, what waits only to be grouped goes along.

    `with_held`: look again at what was found held.
    """
    with transaction.atomic():
        # Alerts that are written at the same time refer to it: they need not wait.
        channels = Channel.objects.select_for_update(no_key=True)
        channel = channels.filter(pk=channel_id).first()
        if channel is None:
            return
        if not channel.enabled:
            drop_channel(channel, "The channel is disabled.", now)
            return
        late = _taken_back(channel, now)
        alerts = _due(channel, now, with_held=with_held)
        if alerts:
            outcomes = _outcomes(channel, alerts, now)
            _write(alerts, outcomes)
            told = [alert for alert in alerts if outcomes[alert.pk].fate is Fate.TOLD]
            put_in_messages(channel, told, late, now)


def _taken_back(channel: Channel, now: datetime) -> set[int]:
    """Take alerts back out of messages that have waited too long to be told one by one.

    Only out of such as nobody has ever taken to send: no receiver knows their ids.
    """
    untouched = Message.objects.waiting().filter(
        channel=channel, holder=None, attempts=0, next_try_at__lte=now - STALE_AFTER
    )
    ids = list(untouched.exclude(event=TEST).values_list("pk", flat=True))
    if len(ids) < 2:  # noqa: PLR2004 - one alone is not better off
        return set()
    alerts = Alert.objects.filter(message__among=ids)
    late = set(alerts.values_list("pk", flat=True))
    alerts.update(fate=Fate.WAITING.value, message=None)
    Message.objects.filter(pk__among=ids).delete()
    return late


def _due(channel: Channel, now: datetime, *, with_held: bool) -> list[Alert]:
    """Read what is to be decided; nothing where all of it waits to be grouped."""
    of_channel = Alert.objects.waiting().filter(channel=channel)
    due = of_channel.filter(due_at__lte=now + timedelta(seconds=channel.group_s))
    due = due if with_held else due.filter(hold=Hold.NOTHING.value)
    if not due.filter(due_at__lte=now).exists():
        return []
    # What becomes of a recovery hangs on its outage, which may wait to be escalated.
    recovered = due.filter(event=Event.UP.value).values("incident_id")
    outages = Q(event=Event.DOWN.value, incident__in=recovered)
    wanted = of_channel.filter(Q(pk__in=due.values("pk")) | outages)
    found = list(wanted.defer("facts").select_related("incident").order_by("pk"))
    for alert in found:
        alert.channel = channel
    return found


def _outcomes(channel: Channel, alerts: Sequence[Alert], now: datetime) -> dict[int, Outcome]:
    holds = held(alerts, now)
    outcomes = {
        alert.pk: _of_news(channel, alert, holds.get(alert.pk, Hold.NOTHING))
        for alert in alerts
        if alert.event != Event.UP
    }
    recoveries = [alert for alert in alerts if alert.event == Event.UP]
    outages = _outages(channel, recoveries)
    for alert in recoveries:
        outage = outages.get(alert.incident_id)
        hold = holds.get(alert.pk, Hold.NOTHING)
        outcomes[alert.pk] = _of_recovery(channel, outage, outcomes, hold, now)
    return outcomes


def _of_news(channel: Channel, alert: Alert, hold: Hold) -> Outcome:
    event, incident = Event(alert.event), alert.incident
    # Reminders have a setting of their own.
    if not channel.wants(event) and event is not Event.REMINDER:
        return Outcome(Fate.DROPPED)
    if incident is None or event not in {Event.DOWN, Event.REMINDER}:
        return of_news(before=Hold(alert.hold), hold=hold)
    acknowledged_at = incident.acknowledged_at
    return of_news(
        before=Hold(alert.hold),
        hold=hold,
        is_over=incident.resolved_at is not None,
        is_cared_for=acknowledged_at is not None
        and (
            acknowledged_at > alert.created_at
            if event is Event.REMINDER
            else channel.escalate_after_s > 0
        ),
    )


def _outages(channel: Channel, recoveries: Sequence[Alert]) -> Mapping[int | None, Alert]:
    """Give the alerts of outages by their incidents, with the messages that they are in."""
    if not recoveries:
        return {}
    outages = Alert.objects.filter(
        channel=channel,
        event=Event.DOWN.value,
        incident__among=[alert.incident_id for alert in recoveries if alert.incident_id],
    )
    found = outages.defer("facts").select_related("message")
    return {alert.incident_id: alert for alert in found}


def _of_recovery(
    channel: Channel,
    outage: Alert | None,
    outcomes: Mapping[int, Outcome],
    hold: Hold,
    now: datetime,
) -> Outcome:
    if outage is None:
        return Outcome(Fate.NOT_TOLD)
    if not channel.wants(Event.UP):
        return Outcome(Fate.DROPPED)
    decided = outcomes.get(outage.pk)
    message = outage.message
    return of_recovery(
        decided or Outcome(Fate(outage.fate)),
        hold=hold,
        now=now,
        outage_next_try_at=message.next_try_at if message is not None else None,
        is_told_with_it=decided is not None,
    )


def _write(alerts: Sequence[Alert], outcomes: Mapping[int, Outcome]) -> None:
    """Write what has become of those that are not told."""
    rows = []
    for alert in alerts:
        outcome = outcomes[alert.pk]
        due_at = outcome.due_at or alert.due_at
        after = (outcome.fate.value, outcome.hold.value, due_at)
        if outcome.fate is not Fate.TOLD and after != (alert.fate, alert.hold, alert.due_at):
            rows.append((*after, alert.pk))
    update_many(Alert, ("fate", "hold", "due_at"), rows)
