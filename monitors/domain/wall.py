"""What a screen on a wall says in large type, and how much of it fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .reasons import Reason
from .result import Status
from .state import State

MAX_NAME_LENGTH = 60
MOST_DISPLAYS = 100
NOT_WELL = (State.DOWN, State.DEGRADED, State.UNKNOWN)
"""What comes first and large, worst first."""
LONG_HEADLINE = 20
"""From so many characters on a headline is written smaller."""

# In hundredths of the height of the screen, gaps included, as static/css/wall.css has them.
_ROOM = 65.0
_LATE = 9.0
_LARGE_ROW, _LARGE_COLUMNS, _LARGE_ROWS = 16.5, 3, 3


class Size(StrEnum):
    """How small tiles are drawn."""

    HUGE = "huge"
    ROOMY = "roomy"
    MEDIUM = "medium"
    DENSE = "dense"


@dataclass(frozen=True, slots=True)
class _Grid:
    columns: int
    row: float
    heading: float


_GRIDS = {
    Size.HUGE: _Grid(2, 13.0, 5.5),
    Size.ROOMY: _Grid(3, 10.0, 5.5),
    Size.MEDIUM: _Grid(4, 6.5, 5.5),
    Size.DENSE: _Grid(5, 6.0, 5.5),
}


@dataclass(frozen=True, slots=True)
class Headline:
    words: str
    kind: str
    """The word by which it is drawn."""

    @property
    def is_long(self) -> bool:
        return len(self.words) >= LONG_HEADLINE


def headline(counts: Mapping[State, int], *, is_late: bool) -> Headline:
    """Say how all is: what is not well by number, or that nothing is, as long as that is known."""
    not_well = [state for state in NOT_WELL if counts[state]]
    if not_well:
        words = " · ".join(f"{counts[state]:,} {state.label.lower()}" for state in not_well)
        return Headline(words, not_well[0].lower())
    if is_late:
        return Headline("Checks are late", "degraded")
    up, paused = counts[State.UP], counts[State.PAUSED]
    if not up:
        return Headline(f"{_services(paused)} paused" if paused else "No services", "unknown")
    return Headline(f"{'All ' if up > 1 and not paused else ''}{_services(up)} up", "up")


def count_words(counts: Mapping[State, int]) -> str:
    """Count what is not shown one by one: "9,988 up · 12 paused"."""
    rest = [state for state in State if state not in NOT_WELL and counts[state]]
    return " · ".join(f"{counts[state]:,} {state.label.lower()}" for state in rest)


def reason_words(state: State, status: str, reason: str) -> str:
    """Say why a service is not well, by its last check. Empty where that tells nothing."""
    if not status:
        return "Waiting for the first check"
    if state is State.UNKNOWN:
        return "Not checked"
    if state is State.DOWN and status in {Status.UP.value, Status.DEGRADED.value}:
        return "Recovering"
    return Reason(reason).label if reason in set(Reason) else ""


def large_tiles(not_well: int) -> int:
    """Tell how many services are shown large; where more are not well, one place says so."""
    places = _LARGE_COLUMNS * _LARGE_ROWS
    return not_well if not_well <= places else places - 1


def room_below(not_well: int, *, is_late: bool) -> float:
    """Tell how much of the height is left for small tiles."""
    rows = min(_LARGE_ROWS, _rows(not_well, _LARGE_COLUMNS))
    return _ROOM - _LARGE_ROW * rows - (_LATE if is_late else 0)


def places_for(room: float) -> int:
    """Tell how many small tiles a part of the height has at most."""
    grid = _GRIDS[Size.DENSE]
    return grid.columns * max(0, int(room // grid.row))


@dataclass(frozen=True, slots=True)
class Plan:
    size: Size
    is_grouped: bool


def plan(group_sizes: Sequence[int], room: float) -> Plan | None:
    """Choose the largest way to show small tiles, in their groups if possible; None if none is."""
    alone = (sum(group_sizes),)
    ways = [(size, True) for size in Size if len(group_sizes) > 1]
    ways += [(size, False) for size in Size]
    for size, is_grouped in ways:
        if _height(group_sizes if is_grouped else alone, _GRIDS[size], is_grouped) <= room:
            return Plan(size, is_grouped)
    return None


def _height(group_sizes: Sequence[int], grid: _Grid, is_grouped: bool) -> float:
    heading = grid.heading if is_grouped else 0
    return sum(grid.row * _rows(size, grid.columns) + heading for size in group_sizes)


def _rows(tiles: int, columns: int) -> int:
    return -(-tiles // columns)


def _services(count: int) -> str:
    return f"{count:,} service{'' if count == 1 else 's'}"
