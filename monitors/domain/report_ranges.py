"""The ranges that a report can be of: calendar days, weeks, months and quarters of a time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Self

DAY = timedelta(days=1)
MAILED_AT = time(7)
"""By the clocks of the place, on the first day after the week or month."""


class Unit(StrEnum):
    """A stretch of the calendar; a week begins on Monday."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"

    def first_day(self, day: date) -> date:
        """Give the first day of the unit in which a day lies."""
        if self is Unit.WEEK:
            return day - timedelta(days=day.weekday())
        return day.replace(day=1, month=day.month if self is Unit.MONTH else _quarter(day) * 3 - 2)

    def next_first_day(self, first_day: date) -> date:
        """Give the first day of the unit after the one that begins with a day."""
        longest = {Unit.WEEK: 7, Unit.MONTH: 31, Unit.QUARTER: 92}[self]
        return self.first_day(first_day + longest * DAY)

    def label(self, first_day: date) -> str:
        if self is Unit.WEEK:
            return f"Week of {_worded(first_day)}"
        if self is Unit.MONTH:
            return f"{first_day:%B %Y}"
        return f"Quarter {_quarter(first_day)} of {first_day:%Y}"


class Every(StrEnum):
    """How often a report is mailed."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def unit(self) -> Unit:
        return Unit.WEEK if self is Every.WEEKLY else Unit.MONTH

    def newest_due(self, now: datetime, zone: tzinfo) -> date:
        """Give the first day of the newest week or month whose mail is due, or was."""
        begun = self.unit.first_day(now.astimezone(zone).date())
        ended = self.unit.first_day(begun - DAY)
        is_due = _mailed_at(begun, zone) <= now
        return ended if is_due else self.unit.first_day(ended - DAY)

    def next_at(self, now: datetime, zone: tzinfo) -> datetime:
        """Give when the next mail is due."""
        begun = self.unit.first_day(now.astimezone(zone).date())
        today = _mailed_at(begun, zone)
        return today if today > now else _mailed_at(self.unit.next_first_day(begun), zone)


class Preset(StrEnum):
    """The ranges with a name; a range of one's own names its days."""

    THIS_WEEK = "this-week"
    LAST_WEEK = "last-week"
    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    THIS_QUARTER = "this-quarter"
    LAST_QUARTER = "last-quarter"

    @property
    def label(self) -> str:
        return self.value.replace("-", " ").capitalize()

    def range(self, now: datetime, zone: tzinfo) -> "Range":
        """Give the range; that of a unit which has not ended ends now."""
        which, _, unit_name = self.value.partition("-")
        unit = Unit(unit_name)
        if which == "last":
            return last_of(unit, now, zone)
        first_day = unit.first_day(now.astimezone(zone).date())
        return Range(start_of(first_day, zone), now, f"{unit.label(first_day)} so far")


@dataclass(frozen=True, slots=True)
class Range:
    """From a moment (included) to another (not included), both in UTC."""

    start: datetime
    end: datetime
    label: str

    @property
    def last_moment(self) -> datetime:
        """The end lies on a day that is no part of it."""
        return max(self.start, self.end - timedelta(microseconds=1))

    @classmethod
    def of_unit(cls, unit: Unit, first_day: date, zone: tzinfo) -> Self:
        """Give a whole week, month or quarter by its first day."""
        following = unit.next_first_day(first_day)
        return cls(start_of(first_day, zone), start_of(following, zone), unit.label(first_day))

    @classmethod
    def of_days(cls, first: date, last: date, zone: tzinfo) -> Self:
        """Give the range of whole days; both count."""
        label = _worded(first) if first == last else f"{_worded(first)} to {_worded(last)}"
        return cls(start_of(first, zone), start_of(last + DAY, zone), label)


def last_of(unit: Unit, now: datetime, zone: tzinfo) -> Range:
    """Give the last week, month or quarter that has ended."""
    ended = unit.first_day(now.astimezone(zone).date())
    first_day = unit.first_day(ended - DAY)
    return Range.of_unit(unit, first_day, zone)


def start_of(day: date, zone: tzinfo) -> datetime:
    """Give when a day begins: of two midnights the first, after a skipped one the first moment."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _mailed_at(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, MAILED_AT, zone).astimezone(UTC)


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


def _worded(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
