"""Which stretch of time a chart shows, and how finely."""

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONGEST = timedelta(days=1_096)
_MOST_STEPS = 200
# Steps below an hour have no summaries: every check is read for them.
_FINE = (MINUTE, 5 * MINUTE, 15 * MINUTE)
_MOST_CHECKS = 3_000
_FEW_STEPS = 14 * 24


@dataclass(frozen=True, slots=True)
class ChartRange:
    """A stretch of time: `start` included, `end` not."""

    start: datetime
    end: datetime
    name: str = ""
    """That of a usual length, like "24h"; empty where a person gave both ends."""

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Length:
    """A usual length of time up to now."""

    name: str
    label: str
    length: timedelta

    def up_to(self, now: datetime) -> ChartRange:
        return ChartRange(now - self.length, now, self.name)


LENGTHS = (
    Length("24h", "24 hours", timedelta(hours=24)),
    Length("7d", "7 days", timedelta(days=7)),
    Length("30d", "30 days", timedelta(days=30)),
    Length("90d", "90 days", timedelta(days=90)),
    Length("365d", "365 days", timedelta(days=365)),
)


def named(name: str, now: datetime) -> ChartRange | None:
    """Give the usual range of that name, up to now; None where there is none."""
    return next((each.up_to(now) for each in LENGTHS if each.name == name), None)


def step_of(wanted: ChartRange, interval_s: float, logged_since: datetime | None) -> timedelta:
    """Give how long each stretch of checks is that a chart shows as one point.

    Below an hour only as far back as the log reaches, and where few checks are to be read.
    """
    checks = wanted.length.total_seconds() / interval_s
    if logged_since is not None and logged_since <= wanted.start and checks <= _MOST_CHECKS:
        for step in _FINE:
            if wanted.length / step <= _MOST_STEPS:
                return step
    return HOUR if wanted.length / HOUR <= _FEW_STEPS else DAY
