"""How long a service was up in a window, honest about what nobody saw."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .state import State


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a service's life in one state: `start` included, `end` not."""

    state: State
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds by state; together they are the window."""

    up_s: float = 0.0
    degraded_s: float = 0.0
    down_s: float = 0.0
    maintenance_s: float = 0.0
    paused_s: float = 0.0
    unknown_s: float = 0.0

    @property
    def percent(self) -> float | None:
        """(UP + DEGRADED) ÷ (UP + DEGRADED + DOWN); None where nothing is known.

        Cut, not rounded, to four decimals: 100 is only said where nothing was down.
        """
        good = self.up_s + self.degraded_s
        seen = good + self.down_s
        if seen <= 0:
            return None
        return 100.0 if self.down_s <= 0 else math.floor(good / seen * 1_000_000) / 10_000

    @property
    def unseen_s(self) -> float:
        """What the percentage leaves out."""
        return self.maintenance_s + self.paused_s + self.unknown_s


_FIELD = {
    State.UP: "up_s",
    State.DEGRADED: "degraded_s",
    State.DOWN: "down_s",
    State.PAUSED: "paused_s",
    State.UNKNOWN: "unknown_s",
}


def uptime(stretches: Iterable[Stretch], start: datetime, end: datetime) -> Uptime:
    """Add up the part of each stretch that lies in a window; what none covers is unknown."""
    spent = dict.fromkeys(_FIELD.values(), 0.0)
    covered = 0.0
    for stretch in stretches:
        seconds = (min(stretch.end, end) - max(stretch.start, start)).total_seconds()
        if seconds > 0:
            spent[_FIELD[stretch.state]] += seconds
            covered += seconds
    spent["unknown_s"] += max(0.0, (end - start).total_seconds() - covered)
    return _rounded(spent)


def _rounded(spent: Mapping[str, float]) -> Uptime:
    # Microseconds are what the database keeps; sums of floats carry noise beyond them.
    return Uptime(**{name: round(seconds, 6) for name, seconds in spent.items()})


def until_fresh(
    state: State, start: datetime, fresh_until: datetime | None, now: datetime
) -> tuple[Stretch, ...]:
    """Close an open period for reading: after it stopped being fresh it is UNKNOWN."""
    if state in (State.UNKNOWN, State.PAUSED) or fresh_until is None or now <= fresh_until:
        return (Stretch(state, start, now),)
    cut = max(start, fresh_until)
    return (Stretch(state, start, cut), Stretch(State.UNKNOWN, cut, now))
