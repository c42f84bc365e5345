"""A service's uptime day by day, as a strip of cells shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from .uptime import Charge, Stretch, Uptime, uptime

DAYS = 90
# From here on a day counts as bad, not as one with a hiccup: a quarter of an hour.
BAD_BELOW_PERCENT = 99.0


class DayKind(StrEnum):
    """How a day went."""

    UP = "up"
    SOME_DOWN = "degraded"
    DOWN = "down"
    NOT_WATCHED = "empty"
    """Nothing is known of it: before the first check, paused, in maintenance, or nobody looked."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day by the clocks of a zone; the last one up to now."""

    date: date
    uptime: Uptime

    @property
    def kind(self) -> DayKind:
        percent = self.uptime.percent
        if percent is None:
            return DayKind.NOT_WATCHED
        if not self.uptime.down_s:
            return DayKind.UP
        return DayKind.DOWN if percent < BAD_BELOW_PERCENT else DayKind.SOME_DOWN


def first_moment(now: datetime, zone: tzinfo, count: int = DAYS) -> datetime:
    """Give when the first of the days begins that end with today."""
    return _midnight(now.astimezone(zone).date() - timedelta(days=count - 1), zone)


def days(
    stretches: Sequence[Stretch],
    charges: Sequence[Charge],
    now: datetime,
    zone: tzinfo,
    count: int = DAYS,
) -> tuple[Day, ...]:
    """Give the uptime of each of the last days, oldest first; today's is up to now.

    A day is as long as clocks make it: 23 or 25 hours where they are changed.
    """
    today = now.astimezone(zone).date()
    in_order = sorted(stretches, key=lambda stretch: stretch.start)
    found = []
    for back in range(count - 1, -1, -1):
        day = today - timedelta(days=back)
        start, end = _midnight(day, zone), min(_midnight(day + timedelta(days=1), zone), now)
        of_day = [each for each in in_order if each.start < end and each.end > start]
        charged = [each for each in charges if each.start < end and each.end > start]
        found.append(Day(day, uptime(of_day, start, end, charged)))
        # What has ended is of no later day.
        in_order = [each for each in in_order if each.end > end]
    return tuple(found)


def _midnight(day: date, zone: tzinfo) -> datetime:
    # In UTC: between two moments of one zone Python counts what clocks show, not what passes.
    return datetime.combine(day, time(), zone).astimezone(UTC)
