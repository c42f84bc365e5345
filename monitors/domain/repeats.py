"""The simple ways to repeat that a page offers, as rules, and rules in words."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .moments import written

DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_CODES = tuple(DAYS)
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_LAST = -1
_UNTIL = re.compile(r";UNTIL=([0-9]{4})([0-9]{2})([0-9]{2})$")
_WEEKLY = re.compile(r"FREQ=WEEKLY;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*)")
_DAY_OF_MONTH = re.compile(r"FREQ=MONTHLY;BYMONTHDAY=([0-9]{1,2})")
_WEEKDAY_OF_MONTH = re.compile(r"FREQ=MONTHLY;BYDAY=([1-4]|-1)(MO|TU|WE|TH|FR|SA|SU)")


class Repeats(StrEnum):
    """How a window comes again."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY_DAY = "monthly-day"
    MONTHLY_LAST = "monthly-last"
    MONTHLY_WEEKDAY = "monthly-weekday"
    CUSTOM = "custom"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Repeats.ONCE: "Once",
    Repeats.DAILY: "Every day",
    Repeats.WEEKLY: "Every week, on some days",
    Repeats.MONTHLY_DAY: "Every month, on that day of the month",
    Repeats.MONTHLY_LAST: "Every month, on its last day",
    Repeats.MONTHLY_WEEKDAY: "Every month, on that weekday (like the second Tuesday)",
    Repeats.CUSTOM: "By a rule (RRULE)",
}


@dataclass(frozen=True, slots=True)
class Repetition:
    """What a page asks for besides the first time."""

    repeats: Repeats = Repeats.ONCE
    days: tuple[str, ...] = ()
    """Of every week, as in RRULE; none: that of the first time."""
    until: date | None = None
    """The last day, by the clocks of the zone."""

    def rule(self, first: datetime) -> str:
        """Give the RRULE; empty for once. `first` is what clocks in the zone show."""
        rule = self._without_end(first)
        return f"{rule};UNTIL={self.until:%Y%m%d}" if rule and self.until else rule

    def _without_end(self, first: datetime) -> str:
        weekday = _CODES[first.weekday()]
        if self.repeats is Repeats.DAILY:
            return "FREQ=DAILY"
        if self.repeats is Repeats.WEEKLY:
            return f"FREQ=WEEKLY;BYDAY={','.join(_in_order(self.days) or [weekday])}"
        if self.repeats is Repeats.MONTHLY_DAY:
            return f"FREQ=MONTHLY;BYMONTHDAY={first.day}"
        if self.repeats is Repeats.MONTHLY_LAST:
            return f"FREQ=MONTHLY;BYMONTHDAY={_LAST}"
        if self.repeats is Repeats.MONTHLY_WEEKDAY:
            number = (first.day - 1) // 7 + 1
            # Not every month has a fifth.
            return f"FREQ=MONTHLY;BYDAY={number if number in _ORDINALS else _LAST}{weekday}"
        return ""


def repetition_of(rrule: str, first: datetime) -> Repetition:
    """Find the simple way that gives a rule again; CUSTOM where none does."""
    if not rrule:
        return Repetition()
    until = _until(rrule)
    weekly = _WEEKLY.match(rrule)
    days = tuple(weekly[1].split(",")) if weekly else ()
    for repeats in Repeats:
        repetition = Repetition(repeats, days if repeats is Repeats.WEEKLY else (), until)
        if repetition.rule(first) == rrule:
            return repetition
    return Repetition(Repeats.CUSTOM)


def in_words(rrule: str) -> str:
    """Word a rule: "every week on Monday and Friday, until 31 Dec 2026"; others are told as is."""
    until = _until(rrule)
    told = _words_of(_UNTIL.sub("", rrule) if until else rrule)
    if told is None:
        return rrule
    return f"{told}, until {written(until, 'date')}" if until else told


def _words_of(rule: str) -> str | None:
    if rule in {"", "FREQ=DAILY"}:
        return "every day" if rule else "once"
    if match := _WEEKLY.fullmatch(rule):
        return f"every week on {_listed([DAYS[code] for code in match[1].split(',')])}"
    if rule == f"FREQ=MONTHLY;BYMONTHDAY={_LAST}":
        return "every month on its last day"
    if match := _DAY_OF_MONTH.fullmatch(rule):
        return f"every month on day {match[1]}"
    if match := _WEEKDAY_OF_MONTH.fullmatch(rule):
        return f"every month on the {_ORDINALS[int(match[1])]} {DAYS[match[2]]}"
    return None


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _in_order(days: Collection[str]) -> list[str]:
    return [code for code in _CODES if code in days]


def _until(rrule: str) -> date | None:
    match = _UNTIL.search(rrule)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
