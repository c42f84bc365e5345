"""Days of uptime as a strip of cells, one a day."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from html import escape

from monitors.domain.uptime_days import Day, DayKind

STEP = 5
CELL_WIDTH = 4
HEIGHT = 28
# Not by colour alone: a cell with downtime has a gap, wider where there was more.
_GAP = {DayKind.SOME_DOWN: 3, DayKind.DOWN: 8}
_EMPTY_HEIGHT = 8


def svg(days: Sequence[Day], name: str) -> str:
    """Draw a strip, with one path for all cells of a kind, and say in its title what it shows."""
    strokes: dict[DayKind, list[str]] = defaultdict(list)
    for place, day in enumerate(days):
        strokes[day.kind].append(_stroke(place, day.kind))
    paths = "".join(
        f'<path class="beat beat-{kind}" d="{"".join(drawn)}" />' for kind, drawn in strokes.items()
    )
    width = max(1, len(days) * STEP - (STEP - CELL_WIDTH))
    return (
        f'<svg class="uptime-days" viewBox="0 0 {width} {HEIGHT}" role="img"'
        f' preserveAspectRatio="none"><title>{escape(said(days, name))}</title>{paths}</svg>'
    )


def said(days: Sequence[Day], name: str) -> str:
    """Say what a strip shows: "Last 90 days of Shop: downtime on 2 days, 10 days not monitored"."""
    counted = Counter(day.kind for day in days)
    down = counted[DayKind.DOWN] + counted[DayKind.SOME_DOWN]
    watched = len(days) - counted[DayKind.NOT_WATCHED]
    parts = [f"downtime on {_days(down)}" if down else "no downtime"] if watched else []
    if counted[DayKind.NOT_WATCHED]:
        parts.append(f"{_days(counted[DayKind.NOT_WATCHED])} not monitored")
    return f"Last {_days(len(days))} of {name}: {', '.join(parts)}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _stroke(place: int, kind: DayKind) -> str:
    x = place * STEP + CELL_WIDTH // 2
    if kind is DayKind.NOT_WATCHED:
        return f"M{x} {HEIGHT - _EMPTY_HEIGHT}v{_EMPTY_HEIGHT}"
    gap = _GAP.get(kind, 0)
    if not gap:
        return f"M{x} 0v{HEIGHT}"
    upper = (HEIGHT - gap) // 2
    return f"M{x} 0v{upper}m0 {gap}v{HEIGHT - upper - gap}"
