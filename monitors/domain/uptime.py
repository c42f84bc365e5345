"""How long a service was up in a window, honest about what nobody saw."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from itertools import pairwise

from .incidents import IncidentCause
from .state import State


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a service's life in one state: `start` included, `end` not."""

    state: State
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Charge:
    """A stretch of a service's life that counts otherwise than it was seen, or just as seen."""

    cause: IncidentCause
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
        good, seen = self.up_s + self.degraded_s, self.seen_s
        if seen <= 0:
            return None
        return 100.0 if self.down_s <= 0 else math.floor(good / seen * 1_000_000) / 10_000

    @property
    def seen_s(self) -> float:
        """What the percentage speaks of."""
        return self.up_s + self.degraded_s + self.down_s

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


# What was seen in a stretch of such a cause is spent as this; a fault as what it was.
_MOVED = {
    IncidentCause.PLANNED: "maintenance_s",
    IncidentCause.MONITOR: "unknown_s",
    IncidentCause.EXCLUDED: "unknown_s",
}
_SEEN = (State.UP, State.DEGRADED, State.DOWN)


def uptime(
    stretches: Iterable[Stretch],
    start: datetime,
    end: datetime,
    charges: Iterable[Charge] = (),
) -> Uptime:
    """Add up the part of each stretch that lies in a window; what none covers is unknown.

    `charges` come in the order in which they were made: at each moment the last one counts. They
    move what was seen; time that was paused or unknown stays what it is.
    """
    spent = dict.fromkeys([*_FIELD.values(), "maintenance_s"], 0.0)
    in_force = last_ones(charges)
    covered = 0.0
    for stretch in stretches:
        cut = _cut(stretch.start, stretch.end, start, end)
        if cut is None:
            continue
        seconds = (cut[1] - cut[0]).total_seconds()
        covered += seconds
        if stretch.state in _SEEN:
            for field, moved_s in _moved(in_force, *cut):
                spent[field] += moved_s
                seconds -= moved_s
        spent[_FIELD[stretch.state]] += max(0.0, seconds)
    spent["unknown_s"] += max(0.0, (end - start).total_seconds() - covered)
    return _rounded(spent)


def together(found: Iterable[Uptime]) -> Uptime:
    """Add up the uptime of several services: each second of each counts alike."""
    each = list(found)
    names = [*_FIELD.values(), "maintenance_s"]
    return _rounded({name: sum(getattr(one, name) for one in each) for name in names})


def last_ones(charges: Iterable[Charge]) -> list[Charge]:
    """Cut charges so that of those at one moment only the last given is left, in order of time."""
    given = list(charges)
    coming = sorted(enumerate(given), key=lambda ranked: ranked[1].start, reverse=True)
    moments = sorted({moment for charge in given for moment in (charge.start, charge.end)})
    begun: list[tuple[int, Charge]] = []
    found: list[Charge] = []
    for at, until in pairwise(moments):
        while coming and coming[-1][1].start <= at:
            rank, charge = coming.pop()
            heappush(begun, (-rank, charge))
        while begun and begun[0][1].end <= at:
            heappop(begun)
        if begun:
            found.append(Charge(begun[0][1].cause, at, until))
    return found


def wholly_moved(in_force: Sequence[Charge], start: datetime, end: datetime) -> bool:
    """Tell whether nothing that was seen in a stretch counts as it was seen.

    `in_force` is as last_ones() gives it.
    """
    moved_s = sum(seconds for _, seconds in _moved(in_force, start, end))
    return moved_s > (end - start).total_seconds() - 1e-6


def _moved(
    in_force: Sequence[Charge], start: datetime, end: datetime
) -> Iterator[tuple[str, float]]:
    """Give the fields to which a stretch's time moves, and the seconds of each."""
    first = bisect_right(in_force, start, key=lambda charge: charge.end)
    for charge in in_force[first:]:
        cut = _cut(charge.start, charge.end, start, end)
        if cut is None:
            return
        if charge.cause in _MOVED:
            yield _MOVED[charge.cause], (cut[1] - cut[0]).total_seconds()


def _cut(
    start: datetime, end: datetime, after: datetime, before: datetime
) -> tuple[datetime, datetime] | None:
    """Give the part of a stretch that lies in a window; None where there is none."""
    begin, stop = max(start, after), min(end, before)
    return (begin, stop) if begin < stop else None


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
