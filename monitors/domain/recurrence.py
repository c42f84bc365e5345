"""Rules of repetition (RFC 5545, RRULE): read strictly, and counted out within a bound."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from typing import Any, Literal

from dateutil import rrule

from .spec import BadSetting

MAX_RULE_LENGTH = 500
MAX_INTERVAL = 1_000
MAX_COUNT = 10_000
MAX_VALUES = 62
WEEKS_OF_A_MONTH = 5

_FREQUENCIES: dict[str, Literal[0, 1, 2, 3, 4]] = {
    "YEARLY": rrule.YEARLY,
    "MONTHLY": rrule.MONTHLY,
    "WEEKLY": rrule.WEEKLY,
    "DAILY": rrule.DAILY,
    "HOURLY": rrule.HOURLY,
}
_DAYS = {
    "MO": rrule.MO,
    "TU": rrule.TU,
    "WE": rrule.WE,
    "TH": rrule.TH,
    "FR": rrule.FR,
    "SA": rrule.SA,
    "SU": rrule.SU,
}
# For each part that is a list of numbers: how dateutil calls it, its range, and whether it also
# counts from the end.
_LISTS = {
    "BYMONTH": ("bymonth", 1, 12, False),
    "BYMONTHDAY": ("bymonthday", 1, 31, True),
    "BYYEARDAY": ("byyearday", 1, 366, True),
    "BYWEEKNO": ("byweekno", 1, 53, True),
    "BYSETPOS": ("bysetpos", 1, 366, True),
    "BYHOUR": ("byhour", 0, 23, False),
    "BYMINUTE": ("byminute", 0, 59, False),
}
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_LISTS}
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?")
_NO_UNTIL = "UNTIL is a date like 20261231 or 20261231T235959Z."
_DAY = re.compile(r"([+-]?[0-9]{1,2})?([A-Z]{2})")
_NUMBER = re.compile(r"[+-]?[0-9]{1,5}")

# The calendar repeats after 400 years, weekdays included. dateutil looks for the next date until
# the year 9999: what never comes is told in a moment where that is near.
_SHIFT_YEARS = 7_600
EARLIEST, LATEST = datetime(1970, 1, 1), datetime(2299, 12, 31)  # noqa: DTZ001 - see Rule


@dataclass(frozen=True, slots=True)
class Rule:
    """When something comes again, by the clocks of a zone that it is read with."""

    freq: str
    options: tuple[tuple[str, Any], ...]
    """Further arguments for dateutil."""
    until: datetime | None = None
    """The last moment that it may begin at: aware, or naive by the clocks of the zone."""

    def last_start(self, zone: tzinfo) -> datetime | None:
        """Give the last moment that it may begin at, in UTC; None where it goes on for ever."""
        if self.until is None or self.until.tzinfo is not None:
            return self.until
        return self.until.replace(tzinfo=zone).astimezone(UTC)

    def times(self, first: datetime) -> Iterator[datetime]:
        """Give the naive times that it comes to, from a naive first one on; `until` is not heeded.

        Ends after at most 400 years.
        """
        begun = first.replace(year=first.year + _SHIFT_YEARS)
        try:
            found = rrule.rrule(_FREQUENCIES[self.freq], dtstart=begun, **dict(self.options))
        except ValueError:
            # What it says of hours that its steps never meet.
            return
        for moment in found:
            yield moment.replace(year=moment.year - _SHIFT_YEARS)


def parse_rule(text: str) -> Rule:
    """Read a rule like "FREQ=WEEKLY;BYDAY=MO,FR". Raises BadSetting."""
    parts = _parts(text)
    freq = parts.pop("FREQ")
    if freq in {"SECONDLY", "MINUTELY"}:
        raise BadSetting("Maintenance comes hourly at most.")
    if freq not in _FREQUENCIES:
        raise BadSetting(f"FREQ is one of {', '.join(_FREQUENCIES)}.")
    until = parts.pop("UNTIL", None)
    if until is not None and "COUNT" in parts:
        raise BadSetting("A rule has COUNT or UNTIL, not both.")
    _refuse_what_means_nothing(freq, parts)
    options = tuple(_option(name, value) for name, value in parts.items())
    return Rule(freq, options, _until(until) if until is not None else None)


def _parts(text: str) -> dict[str, str]:
    if len(text) > MAX_RULE_LENGTH:
        raise BadSetting(f"A rule has at most {MAX_RULE_LENGTH} characters.")
    found: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").strip(";").split(";"):
        name, _, value = (word.strip() for word in part.partition("="))
        if name not in _PARTS or not value:
            told = part.strip()[:30]
            raise BadSetting(f"“{told}” is no part of a rule like FREQ=WEEKLY;BYDAY=MO,FR.")
        if name in found:
            raise BadSetting(f"{name} stands twice.")
        found[name] = value
    if "FREQ" not in found:
        raise BadSetting("A rule begins with FREQ, like FREQ=WEEKLY;BYDAY=MO,FR.")
    return found


def _refuse_what_means_nothing(freq: str, parts: dict[str, str]) -> None:
    if "BYSETPOS" in parts and freq == "HOURLY":
        raise BadSetting("BYSETPOS does not go with FREQ=HOURLY.")
    if "BYWEEKNO" in parts and freq != "YEARLY":
        raise BadSetting("BYWEEKNO goes with FREQ=YEARLY only.")
    numbers = [abs(int(number)) for number in re.findall("-?[0-9]+", parts.get("BYDAY", ""))]
    if numbers and (freq not in {"MONTHLY", "YEARLY"} or "BYWEEKNO" in parts):
        raise BadSetting("A number before a day, like 2TU, goes with FREQ=MONTHLY or YEARLY.")
    of_a_month = freq == "MONTHLY" or "BYMONTH" in parts
    if of_a_month and any(number > WEEKS_OF_A_MONTH for number in numbers):
        raise BadSetting("A month has each day five times at most, like 5MO.")


def _option(name: str, value: str) -> tuple[str, Any]:
    if name == "INTERVAL":
        return "interval", _number(name, value, 1, MAX_INTERVAL)
    if name == "COUNT":
        return "count", _number(name, value, 1, MAX_COUNT)
    if name == "WKST":
        return "wkst", _day(name, value, numbered=False)
    if name == "BYDAY":
        return "byweekday", tuple(_day(name, day, numbered=True) for day in _values(name, value))
    option, low, high, from_end = _LISTS[name]
    return option, tuple(
        _number(name, number, low, high, from_end=from_end) for number in _values(name, value)
    )


def _values(name: str, text: str) -> list[str]:
    values = [value.strip() for value in text.split(",")]
    if len(values) > MAX_VALUES:
        raise BadSetting(f"{name} has at most {MAX_VALUES} values.")
    return values


def _number(name: str, text: str, low: int, high: int, *, from_end: bool = False) -> int:
    number = int(text) if _NUMBER.fullmatch(text) else None
    if number is not None and low <= (abs(number) if from_end else number) <= high:
        return number
    also = f", or -{high} to -{low}" if from_end else ""
    raise BadSetting(f"{name} is {low} to {high}{also}; “{text[:20]}” is not.")


def _day(name: str, text: str, *, numbered: bool) -> Any:
    match = _DAY.fullmatch(text)
    if match is None or match[2] not in _DAYS or (match[1] and not numbered):
        raise BadSetting(f"{name} is {', '.join(_DAYS)}; “{text[:20]}” is not.")
    day = _DAYS[match[2]]
    return day(_number(name, match[1], 1, 53, from_end=True)) if match[1] else day


def _until(text: str) -> datetime:
    match = _UNTIL.fullmatch(text)
    if match is None:
        raise BadSetting(_NO_UNTIL)
    try:
        day = datetime(int(match[1]), int(match[2]), int(match[3]))  # noqa: DTZ001 - see Rule
        # Near its ends the calendar has no room for other zones; there nothing begins.
        day = max(EARLIEST, min(LATEST, day))
        if match[4] is None:
            return datetime.combine(day, time.max)
        at = day.replace(hour=int(match[4]), minute=int(match[5]), second=int(match[6]))
    except ValueError:
        raise BadSetting(_NO_UNTIL) from None
    return at.replace(tzinfo=UTC) if match[7] else at
