"""Which stretch of time an address asks a chart for."""

from collections.abc import Mapping
from datetime import datetime

from monitors.domain.chart_range import LENGTHS, LONGEST, ChartRange, named

from .filters import read_moment, read_zone


def read_range(query: Mapping[str, str], now: datetime) -> tuple[ChartRange, str]:
    """Give the range that is named or whose ends are given, and what is wrong with them.

    The last 24 hours where nothing usable is asked for; up to now where there is no end.
    """
    wanted = named(query.get("range", ""), now)
    usual = LENGTHS[0].up_to(now)
    texts = query.get("since", "").strip(), query.get("until", "").strip()
    if wanted is not None or not any(texts):
        return wanted or usual, ""
    zone = read_zone(query.get("zone", ""))
    since = read_moment(texts[0], zone)
    until = min(read_moment(texts[1], zone) or now, now) if texts[1] else now
    if since is None:
        return usual, "Give a date and time for “From”."
    if since >= until:
        return usual, "“From” must be before “To”, and in the past."
    if until - since > LONGEST:
        return usual, f"At most {LONGEST.days // 365} years at once."
    return ChartRange(since, until), ""
