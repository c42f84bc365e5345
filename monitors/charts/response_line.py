"""Response times over time: a line that breaks where nothing was measured, and marks for DOWN."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitors.domain.result import Status
from monitors.domain.wording import milliseconds

from .scale import Scale, round_ticks, time_ticks

WIDTH, HEIGHT = 520, 210
LEFT, RIGHT, TOP, BOTTOM = 62, 28, 12, 28
_HALF_A_LABEL = 60
# Where the line breaks: nothing was measured.
_GAPS = {Status.DOWN.value.lower(), Status.NOT_JUDGED.value.lower()}


@dataclass(frozen=True, slots=True)
class ResponsePoint:
    at: datetime
    status: Status
    response_time_ms: float | None
    upper_ms: float | None = None
    """A second value above the first, like a high percentile."""
    note: str = ""
    """What stands in its title instead of its status and time."""


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class ValueTick:
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class TimeTick:
    x: float
    at: datetime
    with_date: bool

    @property
    def anchor(self) -> str:
        """Where its label stands at its place: it must not reach over the edge."""
        return "end" if self.x > WIDTH - _HALF_A_LABEL else "middle"


@dataclass(frozen=True, slots=True)
class ResponseLine:
    """Everything in the coordinates of a WIDTH x HEIGHT drawing."""

    lines: tuple[str, ...]
    """Points of polylines, "x,y x,y"."""
    uppers: tuple[str, ...]
    """The same for the upper values."""
    dots: tuple[Dot, ...]
    downs: tuple[Dot, ...]
    values: tuple[ValueTick, ...]
    times: tuple[TimeTick, ...]
    summary: str


def response_line(points: Sequence[ResponsePoint]) -> ResponseLine | None:
    """Draw points in order of time; None where fewer than two say anything."""
    judged = sum(point.status is not Status.NOT_JUDGED for point in points)
    if judged < 2:  # noqa: PLR2004 - a line has two ends
        return None
    times = [p.response_time_ms for p in points if p.response_time_ms is not None]
    uppers = [p.upper_ms for p in points if p.upper_ms is not None]
    ticks = round_ticks(max(times + uppers, default=0.0))
    x = _time_scale(points[0].at, points[-1].at)
    y = Scale(0.0, ticks[-1], HEIGHT - BOTTOM, TOP)
    placed = [_dot(point, x, y) for point in points]
    return ResponseLine(
        lines=_lines(points, placed),
        uppers=_lines(points, [_upper(p, dot, y) for p, dot in zip(points, placed, strict=True)])
        if uppers
        else (),
        dots=tuple(dot for dot in placed if dot.kind not in _GAPS),
        downs=tuple(dot for dot in placed if dot.kind == "down"),
        values=tuple(ValueTick(y(tick), milliseconds(tick) if tick else "0") for tick in ticks),
        times=_times(points[0].at, points[-1].at, x),
        summary=_summary(points, times),
    )


def _time_scale(start: datetime, end: datetime) -> Scale:
    return Scale(start.timestamp(), end.timestamp(), LEFT, WIDTH - RIGHT)


def _dot(point: ResponsePoint, x: Scale, y: Scale) -> Dot:
    time = point.response_time_ms
    height = y(time) if time is not None and point.status is not Status.DOWN else HEIGHT - BOTTOM
    title = point.status.label if time is None else f"{point.status.label}, {milliseconds(time)}"
    return Dot(x(point.at.timestamp()), height, point.status.value.lower(), point.note or title)


def _upper(point: ResponsePoint, dot: Dot, y: Scale) -> Dot:
    height = y(point.upper_ms) if point.upper_ms is not None else dot.y
    return Dot(dot.x, height, dot.kind, dot.title)


def _lines(points: Sequence[ResponsePoint], placed: Sequence[Dot]) -> tuple[str, ...]:
    pieces: list[list[str]] = [[]]
    longest = _longest_step(points)
    for number, (point, dot) in enumerate(zip(points, placed, strict=True)):
        apart = number > 0 and point.at - points[number - 1].at > longest
        if dot.kind in _GAPS or apart:
            pieces.append([])
        if dot.kind not in _GAPS:
            pieces[-1].append(f"{dot.x},{dot.y}")
    return tuple(" ".join(piece) for piece in pieces if len(piece) > 1)


def _longest_step(points: Sequence[ResponsePoint]) -> timedelta:
    """Give the longest step that is not a gap: three times the usual one."""
    steps = sorted(b.at - a.at for a, b in itertools.pairwise(points))
    return 3 * steps[len(steps) // 2]


def _times(start: datetime, end: datetime, x: Scale) -> tuple[TimeTick, ...]:
    with_date = end - start > timedelta(hours=24)
    return tuple(TimeTick(x(at.timestamp()), at, with_date) for at in time_ticks(start, end))


def _summary(points: Sequence[ResponsePoint], times: Sequence[float]) -> str:
    down = sum(point.status is Status.DOWN for point in points)
    not_judged = sum(point.status is Status.NOT_JUDGED for point in points)
    counts = f"{len(points)} checks, {down} of them down"
    if not_judged:
        counts += f", {not_judged} not judged"
    if not times:
        return f"{counts}; no response was timed."
    return (
        f"{counts}; response times from {milliseconds(min(times))} to {milliseconds(max(times))}."
    )
