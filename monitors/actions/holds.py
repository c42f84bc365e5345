"""Why alerts are not told although their time has come: one rule a reason.

Recoveries are held by quiet hours only: whoever was told of an outage is told that it is over.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from monitors.domain.alerting import Event, Hold
from monitors.domain.quiet_hours import QuietHours
from monitors.models import Alert, Channel
from monitors.queries.maintenance import covered

from .dependencies import behind_trouble
from .flapping import of_flapping

Rule = Callable[[Sequence[Alert], datetime], Collection[int]]
"""Gives the ids of the alerts that it holds; takes a constant number of queries."""


def held(alerts: Sequence[Alert], now: datetime) -> dict[int, Hold]:
    """Tell which alerts are held, and why: the first rule that holds one is the reason.

    The alerts come with their incident and their channel.
    """
    found: dict[int, Hold] = {}
    for hold, rule in _RULES.items():
        free = [alert for alert in alerts if alert.pk not in found]
        if free:
            found |= dict.fromkeys(rule(free, now), hold)
    return found


def _snoozed(alerts: Sequence[Alert], now: datetime) -> list[int]:
    return [
        alert.pk
        for alert in _of(alerts, Event.DOWN, Event.REMINDER)
        if alert.incident is not None and alert.incident.is_snoozed(now)
    ]


def _in_maintenance(alerts: Sequence[Alert], now: datetime) -> list[int]:
    news = [alert for alert in alerts if alert.event not in {Event.UP, Event.MONITOR}]
    services = covered({alert.service_id for alert in news if alert.service_id is not None}, now)
    return [alert.pk for alert in news if alert.service_id in services]


def _in_quiet_hours(alerts: Sequence[Alert], now: datetime) -> list[int]:
    quiet = {
        channel: _is_quiet(channel, now)
        for channel in {alert.channel for alert in alerts if alert.channel is not None}
    }
    return [
        alert.pk
        for alert in alerts
        if (channel := alert.channel) is not None
        and quiet[channel]
        and not channel.lets_through(Event(alert.event))
    ]


def _is_quiet(channel: Channel, now: datetime) -> bool:
    if channel.quiet_from is None or channel.quiet_until is None:
        return False
    hours = QuietHours(channel.quiet_from, channel.quiet_until, channel.time_zone)
    return hours.end_at(now) is not None


def _of(alerts: Iterable[Alert], *events: Event) -> list[Alert]:
    return [alert for alert in alerts if alert.event in events]


# Quiet hours come last: what they alone have held is told together at their end.
_RULES: dict[Hold, Rule] = {
    Hold.SNOOZED: _snoozed,
    Hold.MAINTENANCE: _in_maintenance,
    Hold.DEPENDENCY: behind_trouble,
    Hold.FLAPPING: of_flapping,
    Hold.QUIET: _in_quiet_hours,
}
