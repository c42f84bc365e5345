"""Recent results as the bars of the list page."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitors.domain.heartbeats import Heartbeat
from monitors.domain.result import Status
from monitors.domain.wording import milliseconds

SLOTS = 30
STEP = 5
BAR_WIDTH = 4
HEIGHT = 24
WIDTH = SLOTS * STEP - (STEP - BAR_WIDTH)
_LOWEST = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One result: as high as its response time among the others; DOWN is full height."""

    x: int
    y: int
    height: int
    kind: str
    """up, degraded, down or empty; DOWN has a gap in it besides, for those who see no colour."""
    title: str


def bars(heartbeats: Sequence[Heartbeat]) -> tuple[Bar, ...]:
    """Place the newest results from the right; what is missing on the left is empty."""
    shown = heartbeats[-SLOTS:]
    slowest = max((beat.response_time_ms or 0 for beat in shown), default=0)
    missing = SLOTS - len(shown)
    empty = [Bar(slot * STEP, HEIGHT - 3, 3, "empty", "not checked") for slot in range(missing)]
    return (*empty, *(_bar(missing + i, beat, slowest) for i, beat in enumerate(shown)))


def _bar(slot: int, beat: Heartbeat, slowest: int) -> Bar:
    kind = beat.status.value.lower()
    time = beat.response_time_ms
    if beat.status is Status.DOWN:
        return Bar(slot * STEP, 0, HEIGHT, kind, _title(beat))
    share = (time or 0) / slowest if slowest else 0
    height = _LOWEST + round(share * (HEIGHT - _LOWEST) * 0.7)
    return Bar(slot * STEP, HEIGHT - height, height, kind, _title(beat))


def _title(beat: Heartbeat) -> str:
    if beat.response_time_ms is None:
        return beat.status.label
    return f"{beat.status.label}, {milliseconds(beat.response_time_ms)}"
