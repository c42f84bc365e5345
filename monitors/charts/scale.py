"""Axis arithmetic: round ticks, and values to places."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_STEPS = (1, 2, 2.5, 5, 10)
_TIME_STEPS = tuple(
    timedelta(seconds=seconds)
    for seconds in (60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400)
)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps a range of numbers to a range of places."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return self.start
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def round_ticks(high: float, most: int = 4) -> tuple[float, ...]:
    """Give round numbers from 0 to at least `high`, at most `most` steps."""
    if high <= 0:
        return (0.0, 1.0)
    rough = high / most
    size = 10 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in _STEPS if factor * size >= rough * (1 - 1e-9))
    return tuple(step * number for number in range(math.ceil(high / step - 1e-9) + 1))


def time_ticks(start: datetime, end: datetime, most: int = 4) -> tuple[datetime, ...]:
    """Give moments between two that are round by the clock of the first, at most `most`.

    They are told apart to the minute. What that clock skips or shows twice is given once.
    """
    span = end - start
    step = next((step for step in _TIME_STEPS if step * most >= span), None)
    if step is None:
        days = math.ceil(span / timedelta(days=1) / most)
        step = timedelta(days=days)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + math.ceil((start - midnight) / step) * step
    ticks = []
    while first <= end:
        ticks.append(first)
        first += step
    return tuple(dict.fromkeys(tick.astimezone(UTC) for tick in ticks))
