"""Moments as pages write them, in one format everywhere."""

from datetime import date


def written(at: date, style: str, this_year: int = 0) -> str:
    """Write a moment by the clock it is given in: "25 Nov 2026, 15:17:00".

    style: "full" with seconds, "dated" without, "minute" and "day" without a year that is this
    one, "date", or "time". local_time.js writes the same.
    """
    if style == "time":
        return f"{at:%H:%M}"
    day = f"{at.day} {at:%b}"
    if style in {"full", "dated", "date"} or at.year != this_year:
        day = f"{day} {at.year:04}"
    if style in {"day", "date"}:
        return day
    return f"{day}, {at:%H:%M:%S}" if style == "full" else f"{day}, {at:%H:%M}"
