"""Where the time of many checks went: phases stacked over each other, over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitors.domain.observation import Phases
from monitors.domain.wording import milliseconds

from .scale import Scale, round_ticks

WIDTH, HEIGHT = 1_000, 200
PHASES = (
    ("dns", "DNS"),
    ("connect", "Connect"),
    ("tls", "TLS"),
    ("wait", "Wait"),
    ("transfer", "Transfer"),
)


@dataclass(frozen=True, slots=True)
class PhaseArea:
    """One phase, in the coordinates of a WIDTH x HEIGHT plot."""

    kind: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class PhaseAreas:
    """The lowest first; phases that none of the checks had are left out."""

    areas: tuple[PhaseArea, ...]
    highest: str
    """What the top of the plot stands for."""
    summary: str


def phase_areas(
    checks: Sequence[tuple[datetime, Phases]], start: datetime, end: datetime
) -> PhaseAreas | None:
    """Draw checks that were answered, in order of time; None where there are fewer than two."""
    timed = [(at, _stacked(phases)) for at, phases in checks if phases.total_ms]
    if len(timed) < 2:  # noqa: PLR2004 - an area has two ends
        return None
    highest = round_ticks(max(stack[-1] for _, stack in timed))[-1]
    x = Scale(start.timestamp(), end.timestamp(), 0, WIDTH)
    y = Scale(0.0, highest, HEIGHT, 0)
    areas = []
    for number, (kind, name) in enumerate(PHASES):
        if any(stack[number + 1] > stack[number] for _, stack in timed):
            upper = [f"{x(at.timestamp()):g} {y(stack[number + 1]):g}" for at, stack in timed]
            lower = [f"{x(at.timestamp()):g} {y(stack[number]):g}" for at, stack in timed]
            areas.append(PhaseArea(kind, name, f"M{'L'.join([*upper, *reversed(lower)])}Z"))
    return PhaseAreas(tuple(areas), milliseconds(highest), _summary(timed))


def _stacked(phases: Phases) -> list[float]:
    """Give where each phase begins, and where the last one ends, in ms."""
    edges = [0.0]
    for kind, _ in PHASES:
        edges.append(edges[-1] + (getattr(phases, f"{kind}_ms") or 0.0))
    return edges


def _summary(timed: Sequence[tuple[datetime, list[float]]]) -> str:
    spent = [
        (name, sum(stack[number + 1] - stack[number] for _, stack in timed) / len(timed))
        for number, (_, name) in enumerate(PHASES)
    ]
    parts = [f"{name} {milliseconds(mean)}" for name, mean in spent if mean]
    return f"Average of {len(timed)} checks: {', '.join(parts)}."
