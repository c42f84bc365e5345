"""Response times over time, with what else was going on: outages, maintenance, no monitoring.

A plot that is stretched to the width there is, so that its strokes and points are all that keeps
its shape; the labels of its axes stand outside of it, at shares of its width and height.
"""

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitors.domain.result import Status
from monitors.domain.wording import milliseconds

from .scale import Scale, round_ticks, time_ticks

WIDTH, HEIGHT = 1_000, 200
_MARK = 12
"""The height of the mark of a failed check."""
_EDGE = 0.06
"""As near to an end, a label is set against it."""
# Where the line breaks: nothing was measured.
_GAPS = {Status.DOWN, Status.NOT_JUDGED}
_CODES = {Status.UP: 0, Status.DEGRADED: 1, Status.DOWN: 2, Status.NOT_JUDGED: 3}


@dataclass(frozen=True, slots=True)
class ResponsePoint:
    """One check, or those of a stretch of time."""

    at: datetime
    status: Status
    """The worst of them."""
    response_time_ms: float | None
    """The median of them."""
    upper_ms: float | None = None
    """The 95th percentile of them."""
    checks: int = 1
    down: int = 0
    offset_min: int = 0
    """How far the reader's clock was ahead of UTC."""


class Band(Protocol):
    """A stretch of time that is shaded over the whole height."""

    @property
    def kind(self) -> str: ...

    @property
    def start(self) -> datetime: ...

    @property
    def end(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Label:
    """A label of an axis."""

    percent: float
    """Where it stands, of the plot's width or height."""
    text: str = ""
    at: datetime | None = None
    style: str = ""
    """Of a moment: "time", "minute" with its day, or "day" alone."""

    @property
    def anchor(self) -> str:
        """It must not reach over an edge."""
        if self.percent < _EDGE * 100:
            return "start"
        return "end" if self.percent > (1 - _EDGE) * 100 else "middle"


@dataclass(frozen=True, slots=True)
class Shade:
    """All bands of a kind."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class ResponseChart:
    """Paths are in the coordinates of a WIDTH x HEIGHT plot."""

    grid: str
    shades: tuple[Shade, ...]
    spread: str
    """The area between the middle and the upper values."""
    line: str
    slow: str
    """Points of what was DEGRADED."""
    failures: str
    """Marks of what was DOWN."""
    values: tuple[Label, ...]
    times: tuple[Label, ...]
    points: str
    """For a script: [x, seconds since 1970, offset_min, status, ms, upper ms, checks, down] of
    each, as JSON.

    x is in the plot's coordinates; the status is 0 up, 1 degraded, 2 down, 3 not judged.
    """
    summary: str

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(shade.kind for shade in self.shades)


def response_chart(
    points: Sequence[ResponsePoint], start: datetime, end: datetime, bands: Iterable[Band] = ()
) -> ResponseChart | None:
    """Draw points in order of time; None where fewer than two say anything."""
    judged = sum(point.status is not Status.NOT_JUDGED for point in points)
    if judged < 2:  # noqa: PLR2004 - a line has two ends
        return None
    times = [p.response_time_ms for p in points if p.response_time_ms is not None]
    uppers = [p.upper_ms for p in points if p.upper_ms is not None]
    ticks = round_ticks(max(times + uppers, default=0.0))
    plot = _Plot(
        Scale(start.timestamp(), end.timestamp(), 0, WIDTH), Scale(0.0, ticks[-1], HEIGHT, 0)
    )
    heights = [plot.y(tick) for tick in ticks]
    return ResponseChart(
        grid="".join(f"M0 {_number(y)}h{WIDTH}" for y in heights),
        shades=_shades(bands, start, end, plot),
        spread="".join(_area(piece, plot) for piece in _pieces(points)) if uppers else "",
        line="".join(_line(piece, plot) for piece in _pieces(points)),
        slow=_dots((p for p in points if p.status is Status.DEGRADED), plot),
        failures="".join(
            f"M{_number(plot.x(p.at.timestamp()))} {HEIGHT}v-{_MARK}" for p in points if _is_down(p)
        ),
        values=tuple(
            Label(100 * y / HEIGHT, milliseconds(tick) if tick else "0")
            for y, tick in zip(heights, ticks, strict=True)
        ),
        times=_times(start, end, plot),
        points=_as_json(points, plot),
        summary=_summary(points, times),
    )


@dataclass(frozen=True, slots=True)
class _Plot:
    x: Scale
    y: Scale

    def place(self, at: datetime, value_ms: float) -> str:
        return f"{_number(self.x(at.timestamp()))} {_number(self.y(value_ms))}"


def _is_down(point: ResponsePoint) -> bool:
    return point.status is Status.DOWN or point.down > 0


def _pieces(points: Sequence[ResponsePoint]) -> list[list[ResponsePoint]]:
    """Cut the points where nothing was measured, by a failure or because nobody looked."""
    pieces: list[list[ResponsePoint]] = [[]]
    longest = _longest_step(points)
    for number, point in enumerate(points):
        is_gap = point.status in _GAPS and point.response_time_ms is None
        if is_gap or (number > 0 and point.at - points[number - 1].at > longest):
            pieces.append([])
        if not is_gap and point.response_time_ms is not None:
            pieces[-1].append(point)
    return [piece for piece in pieces if piece]


def _longest_step(points: Sequence[ResponsePoint]) -> timedelta:
    """Give the longest step that is not a gap: three times the usual one."""
    steps = sorted(b.at - a.at for a, b in itertools.pairwise(points))
    return 3 * steps[len(steps) // 2]


def _line(piece: Sequence[ResponsePoint], plot: _Plot) -> str:
    places = [plot.place(point.at, point.response_time_ms or 0) for point in piece]
    # One by itself is a point: the stroke has round ends.
    return f"M{'L'.join(places)}" + ("h0" if len(places) == 1 else "")


def _area(piece: Sequence[ResponsePoint], plot: _Plot) -> str:
    if len(piece) == 1:
        return ""
    upper = [plot.place(p.at, p.upper_ms or p.response_time_ms or 0) for p in piece]
    lower = [plot.place(p.at, p.response_time_ms or 0) for p in reversed(piece)]
    return f"M{'L'.join([*upper, *lower])}Z"


def _dots(points: Iterable[ResponsePoint], plot: _Plot) -> str:
    return "".join(f"M{plot.place(p.at, p.response_time_ms or 0)}h0" for p in points)


def _shades(
    bands: Iterable[Band], start: datetime, end: datetime, plot: _Plot
) -> tuple[Shade, ...]:
    drawn: dict[str, list[str]] = {}
    for band in bands:
        first, last = max(band.start, start), min(band.end, end)
        if first < last:
            x, until = plot.x(first.timestamp()), plot.x(last.timestamp())
            # However short it was, it is seen.
            wide = _number(max(until - x, 1.0))
            drawn.setdefault(band.kind, []).append(f"M{_number(x)} 0h{wide}v{HEIGHT}h-{wide}Z")
    return tuple(Shade(kind, "".join(paths)) for kind, paths in drawn.items())


def _times(start: datetime, end: datetime, plot: _Plot) -> tuple[Label, ...]:
    moments = time_ticks(start, end, most=5)
    return tuple(
        Label(100 * plot.x(at.timestamp()) / WIDTH, at=at, style=_style(end - start))
        for at in moments
    )


def _style(length: timedelta) -> str:
    if length <= timedelta(hours=24):
        return "time"
    return "minute" if length < timedelta(days=5) else "day"


def _as_json(points: Sequence[ResponsePoint], plot: _Plot) -> str:
    rows = [
        [
            _short(plot.x(point.at.timestamp())),
            round(point.at.timestamp()),
            point.offset_min,
            _CODES[point.status],
            _short(point.response_time_ms),
            _short(point.upper_ms),
            point.checks,
            point.down,
        ]
        for point in points
    ]
    return json.dumps(rows, separators=(",", ":"))


def _short(value: float | None) -> float | int | None:
    if value is None:
        return None
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _number(value: float) -> str:
    return f"{value:g}"


def _summary(points: Sequence[ResponsePoint], times: Sequence[float]) -> str:
    checks = sum(point.checks for point in points)
    down = sum(point.down or point.status is Status.DOWN for point in points)
    not_judged = sum(point.status is Status.NOT_JUDGED for point in points)
    counts = f"{checks} checks, {down} of them down"
    if not_judged:
        counts += f", {not_judged} not judged"
    if not times:
        return f"{counts}; no response was timed."
    return (
        f"{counts}; response times from {milliseconds(min(times))} to {milliseconds(max(times))}."
    )
