"""When planned work takes place: once, or again and again by the clocks of a zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

from .recurrence import Rule, parse_rule
from .spec import BadSetting

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=30)
FURTHEST_BACK, FURTHEST_AHEAD = timedelta(days=5 * 366), timedelta(days=10 * 366)
MOST_OFTEN = timedelta(hours=1)
# So many times of a rule are looked at before it is taken.
LOOKED_AT = 500
MOST_PAST = 400


class BadSchedule(BadSetting):
    """A schedule that is refused: `field` says for which of its settings."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Span:
    """From `starts_at` (included) to `ends_at` (not included), in UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a window comes, as it is stored.

    The times of a rule are what clocks in the zone show. A time that they skip is taken as far
    after the skip as it lies in it, one that they show twice is the first of the two (RFC 5545,
    3.3.5). A duration is time that passes, whatever clocks show.
    """

    starts_at: datetime
    duration: timedelta
    rrule: str = ""
    """Empty for once."""
    time_zone: str = "UTC"

    @property
    def is_once(self) -> bool:
        return not self.rrule

    def spans(self) -> Iterator[Span]:
        """Give all its times in order. What overlaps where clocks are changed becomes one."""
        open_span: Span | None = None
        for start in self.starts():
            end = start + self.duration
            if open_span is not None and start < open_span.ends_at:
                first = min(open_span.starts_at, start)
                open_span = Span(first, max(open_span.ends_at, end))
                continue
            if open_span is not None:
                yield open_span
            open_span = Span(start, end)
        if open_span is not None:
            yield open_span

    def starts(self) -> Iterator[datetime]:
        """Give the moments at which it begins, without end where the rule has none."""
        if self.is_once:
            yield self.starts_at
            return
        zone, rule = ZoneInfo(self.time_zone), parse_rule(self.rrule)
        last = rule.last_start(zone)
        begin = self.starts_at.astimezone(zone)
        first = begin.replace(tzinfo=None, microsecond=0, fold=0)
        for naive in rule.times(first):
            # The very first may be the second of two times that clocks show alike.
            fold = begin.fold if naive == first else 0
            start = naive.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            if last is not None and start > last:
                return
            yield start


def coming(schedule: Schedule, now: datetime, count: int) -> list[Span]:
    """Give the next times, first one that lasts."""
    return list(islice((span for span in schedule.spans() if span.ends_at > now), count))


def to_plan(
    schedule: Schedule, after: datetime | None, now: datetime, *, ahead: timedelta, at_least: int
) -> list[Span]:
    """Give the times that begin after a moment: those of the time ahead, and the next few."""
    found: list[Span] = []
    to_come = 0
    for span in schedule.spans():
        if span.starts_at > now + ahead and to_come >= at_least:
            break
        to_come += span.ends_at > now
        if after is None or span.starts_at > after:
            found.append(span)
    return found


def past_count(schedule: Schedule, now: datetime) -> int:
    """Tell how often it has been; beyond MOST_PAST nobody counts."""
    count = 0
    for span in schedule.spans():
        if span.ends_at > now or count > MOST_PAST:
            break
        count += 1
    return count


def checked(schedule: Schedule, now: datetime) -> Schedule:
    """Give a schedule back that can be kept. Raises BadSchedule."""
    if schedule.time_zone not in zones():
        raise BadSchedule("time_zone", "There is no such time zone, like Europe/Berlin.")
    if not SHORTEST <= schedule.duration <= LONGEST:
        raise BadSchedule("duration_s", "Maintenance lasts a minute at least and 30 days at most.")
    if not now - FURTHEST_BACK <= schedule.starts_at <= now + FURTHEST_AHEAD:
        raise BadSchedule("starts_at", "It begins at most 5 years back or 10 years ahead.")
    if not schedule.is_once:
        _check_rule(schedule, now)
    return schedule


def _check_rule(schedule: Schedule, now: datetime) -> None:
    try:
        rule = parse_rule(schedule.rrule)
    except BadSetting as bad:
        raise BadSchedule("rrule", str(bad)) from None
    # Times that overlap without end would make one span that never ends.
    if next(schedule.starts(), None) is None:
        raise BadSchedule("rrule", "It never happens.")
    gap = _shortest_gap(rule, schedule)
    if gap is not None and gap < MOST_OFTEN:
        raise BadSchedule("rrule", "Maintenance comes hourly at most.")
    if gap is not None and gap < schedule.duration:
        raise BadSchedule("duration_s", "It comes again before it is over.")
    if past_count(schedule, now) > MOST_PAST:
        sentence = f"It would have come more than {MOST_PAST} times already: begin it later."
        raise BadSchedule("starts_at", sentence)


def _shortest_gap(rule: Rule, schedule: Schedule) -> timedelta | None:
    """Give the shortest time between two of its first times, as clocks show it."""
    first = schedule.starts_at.astimezone(ZoneInfo(schedule.time_zone)).replace(tzinfo=None)
    times = islice(rule.times(first), LOOKED_AT)
    return min((later - earlier for earlier, later in pairwise(times)), default=None)


@cache
def zones() -> frozenset[str]:
    """Give the names of the time zones that there are."""
    return frozenset(name for name in available_timezones() if name not in {"localtime", "Factory"})
