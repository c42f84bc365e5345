"""Recent results as the bars of the list page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from monitors.domain.recent import RecentResult, read
from monitors.domain.result import Status
from monitors.domain.wording import milliseconds

SLOTS = 30
STEP = 5
BAR_WIDTH = 4
HEIGHT = 24
WIDTH = SLOTS * STEP - (STEP - BAR_WIDTH)
_LOWEST = 6
_NOTCH_Y, _NOTCH_HEIGHT = 10, 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One result: as high as its response time among the others; DOWN is full height."""

    x: int
    y: int
    height: int
    kind: str
    """up, degraded, down, unknown (not judged) or empty.

    DOWN has a gap in it besides, for those who see no colour.
    """


# Between two checks of a service its bars are asked for again and again.
@lru_cache(maxsize=2_000)
def svg(recent: str) -> str:
    """Draw the recent results of a service, from the text that `domain.recent` keeps.

    By hand, and a path for all bars of a kind, since a list page has 1,500 bars.
    """
    shown = read(recent)[-SLOTS:]
    return (
        f'<svg class="recent-bar" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{_said(shown)}</title>{_paths(bars(shown))}</svg>"
    )


def _said(shown: Sequence[RecentResult]) -> str:
    if not shown:
        return "No checks yet"
    down = sum(beat.status is Status.DOWN for beat in shown)
    not_judged = sum(beat.status is Status.NOT_JUDGED for beat in shown)
    slowest = _slowest(shown)
    more = f", {not_judged} not judged" if not_judged else ""
    more += f", slowest {milliseconds(slowest)}" if slowest else ""
    checks = "1 check" if len(shown) == 1 else f"{len(shown)} checks"
    return f"Last {checks}: {down} down{more}"


def _slowest(shown: Iterable[RecentResult]) -> float:
    return max((beat.response_time_ms or 0 for beat in shown), default=0)


def bars(results: Sequence[RecentResult]) -> tuple[Bar, ...]:
    """Place the newest results from the right; what is missing on the left is empty."""
    shown = results[-SLOTS:]
    slowest = _slowest(shown)
    missing = SLOTS - len(shown)
    empty = [Bar(slot * STEP, HEIGHT - 3, 3, "empty") for slot in range(missing)]
    return (*empty, *(_bar(missing + i, beat, slowest) for i, beat in enumerate(shown)))


def _bar(slot: int, beat: RecentResult, slowest: float) -> Bar:
    kind = beat.status.value.lower()
    time = beat.response_time_ms
    if beat.status is Status.DOWN:
        return Bar(slot * STEP, 0, HEIGHT, kind)
    if beat.status is Status.NOT_JUDGED:
        return Bar(slot * STEP, HEIGHT - _LOWEST, _LOWEST, kind)
    share = (time or 0) / slowest if slowest else 0
    height = _LOWEST + round(share * (HEIGHT - _LOWEST) * 0.7)
    return Bar(slot * STEP, HEIGHT - height, height, kind)


def _paths(shown: Iterable[Bar]) -> str:
    """Draw bars as strokes that are as wide as one: of each kind all in one path.

    Upside down, to be turned by the stylesheet: from 0 they are shorter to write.
    """
    strokes: dict[str, list[str]] = defaultdict(list)
    for bar in shown:
        strokes[bar.kind].append(_stroke(bar))
    return "".join(
        f'<path class="beat-{kind}" d="{"".join(drawn)}"/>' for kind, drawn in strokes.items()
    )


def _stroke(bar: Bar) -> str:
    x = bar.x + BAR_WIDTH // 2
    if bar.kind != Status.DOWN.value.lower():
        return f"M{x} 0V{bar.height}"
    return f"M{x} 0v{HEIGHT - _NOTCH_Y - _NOTCH_HEIGHT}m0 {_NOTCH_HEIGHT}V{HEIGHT}"
