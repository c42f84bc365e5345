"""Durations, moments and numbers as people read them."""

import math
from datetime import UTC, datetime, timedelta

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_LONG_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def duration(seconds: float) -> str:
    """Word a stretch of time in its two largest units: "3 d 4 h", "5 min", "0 s"."""
    parts = _two_largest(seconds, _UNITS)
    return " ".join(f"{count} {unit}" for count, unit in parts)


def rough_duration(seconds: float) -> str:
    """Word a stretch of time in its largest unit, written out: "3 days", "1 hour"."""
    count, unit = _two_largest(seconds, _LONG_UNITS)[0]
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def ago(moment: datetime, now: datetime) -> str:
    """Word how long a moment lies back: "just now", "3 days ago"; "in 2 hours" when it is ahead."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 1:
        return "just now"
    return f"{rough_duration(seconds)} ago" if seconds > 0 else f"in {rough_duration(-seconds)}"


def iso_utc(moment: datetime) -> str:
    """Write a moment as the API does: ISO 8601 in UTC with milliseconds and a Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(value: float | None) -> str:
    """Word a response time: "123 ms", "4.2 ms", "1.35 s"; a dash where there is none."""
    if value is None:
        return "\u2013"
    if value >= 1_000:  # noqa: PLR2004 - a second
        return f"{value / 1_000:.2f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"  # noqa: PLR2004


def percent(value: float | None) -> str:
    """Word a percentage, cut to two decimals so that 100 % is only said of 100; "no data" else."""
    if value is None:
        return "no data"
    return f"{math.floor(value * 100) / 100:.2f} %" if value < 100 else "100 %"  # noqa: PLR2004


def one_line(text: str) -> str:
    """Make foreign text safe to store and to show on a line: no control characters, no gaps."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


def _two_largest(seconds: float, units: tuple[tuple[str, int], ...]) -> list[tuple[int, str]]:
    left = int(timedelta(seconds=max(0.0, seconds)).total_seconds())
    for position, (unit, size) in enumerate(units):
        if left >= size:
            second_unit, second_size = units[min(position + 1, len(units) - 1)]
            second = left % size // second_size if second_size < size else 0
            first = (left // size, unit)
            return [first, (second, second_unit)] if second else [first]
    return [(0, units[-1][0])]
