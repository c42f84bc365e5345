"""The ranges that a report can be of: calendar days, weeks, months and quarters of a time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Self

DAY = timedelta(days=1)


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

    def label(self, first_day: date) -> str:
        if self is Unit.WEEK:
            return f"Week of {_worded(first_day)}"
        if self is Unit.MONTH:
            return f"{first_day:%B %Y}"
        return f"Quarter {_quarter(first_day)} of {first_day:%Y}"


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
    def of_days(cls, first: date, last: date, zone: tzinfo) -> Self:
        """Give the range of whole days; both count."""
        label = _worded(first) if first == last else f"{_worded(first)} to {_worded(last)}"
        return cls(start_of(first, zone), start_of(last + DAY, zone), label)


def last_of(unit: Unit, now: datetime, zone: tzinfo) -> Range:
    """Give the last week, month or quarter that has ended."""
    ended = unit.first_day(now.astimezone(zone).date())
    first_day = unit.first_day(ended - DAY)
    return Range(start_of(first_day, zone), start_of(ended, zone), unit.label(first_day))


def start_of(day: date, zone: tzinfo) -> datetime:
    """Give when a day begins: of two midnights the first, after a skipped one the first moment."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


def _worded(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
