"""Recent results as the bars of the list page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

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
    title: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    bars: str
    said: str
    """How many there are, and how many of them were down or not judged."""


def svg(recent: str, name: str) -> str:
    """Draw the recent results of a service, from the text that `domain.recent` keeps.

    By hand, since a list page has 1,500 bars.
    """
    drawn = _drawn(recent)
    label = drawn.said.format(name=name)
    return (
        f'<svg class="recent-bar" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' role="img" aria-label="{escape(label)}">{drawn.bars}</svg>'
    )


# Between two checks of a service its bars are asked for again and again.
@lru_cache(maxsize=2_000)
def _drawn(recent: str) -> _Drawn:
    shown = read(recent)[-SLOTS:]
    return _Drawn("".join(map(_rect, bars(shown))), _said(shown))


def _said(shown: Sequence[RecentResult]) -> str:
    down = sum(beat.status is Status.DOWN for beat in shown)
    not_judged = sum(beat.status is Status.NOT_JUDGED for beat in shown)
    more = f", {not_judged} not judged" if not_judged else ""
    return f"Last {len(shown)} checks of {{name}}: {down} down{more}"


def bars(results: Sequence[RecentResult]) -> tuple[Bar, ...]:
    """Place the newest results from the right; what is missing on the left is empty."""
    shown = results[-SLOTS:]
    slowest = max((beat.response_time_ms or 0 for beat in shown), default=0)
    missing = SLOTS - len(shown)
    empty = [Bar(slot * STEP, HEIGHT - 3, 3, "empty", "not checked") for slot in range(missing)]
    return (*empty, *(_bar(missing + i, beat, slowest) for i, beat in enumerate(shown)))


def _bar(slot: int, beat: RecentResult, slowest: int) -> Bar:
    kind = beat.status.value.lower()
    time = beat.response_time_ms
    if beat.status is Status.DOWN:
        return Bar(slot * STEP, 0, HEIGHT, kind, _title(beat))
    if beat.status is Status.NOT_JUDGED:
        return Bar(slot * STEP, HEIGHT - _LOWEST, _LOWEST, kind, _title(beat))
    share = (time or 0) / slowest if slowest else 0
    height = _LOWEST + round(share * (HEIGHT - _LOWEST) * 0.7)
    return Bar(slot * STEP, HEIGHT - height, height, kind, _title(beat))


@lru_cache(maxsize=10_000)
def _rect(bar: Bar) -> str:
    drawn = (
        f'<rect class="beat beat-{bar.kind}" x="{bar.x}" y="{bar.y}" width="{BAR_WIDTH}"'
        f' height="{bar.height}" rx="1"><title>{escape(bar.title)}</title></rect>'
    )
    if bar.kind != Status.DOWN.value.lower():
        return drawn
    notch = f'y="{_NOTCH_Y}" width="{BAR_WIDTH}" height="{_NOTCH_HEIGHT}"'
    return f'{drawn}<rect class="beat-notch" x="{bar.x}" {notch} />'


def _title(beat: RecentResult) -> str:
    if beat.response_time_ms is None:
        return beat.status.label
    return f"{beat.status.label}, {milliseconds(beat.response_time_ms)}"
