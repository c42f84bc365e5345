"""The last few results of a service in one short text, kept with it for the list page.

Two characters a result: the text is written anew at every check, and what it takes in the database
is a good part of what a check writes. Response times are kept within half a percent.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from .result import CheckResult, Status

KEPT = 40

_STATUSES = (Status.UP, Status.DEGRADED, Status.DOWN)
_NUMBER = {status: number for number, status in enumerate(_STATUSES)}
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
_VALUE = {digit: value for value, digit in enumerate(_DIGITS)}
_WIDTH = 2
_PAIRS = len(_DIGITS) * len(_DIGITS)
_LOG_STEP = math.log(1.01)
# The step of no response time, and the last of those that fit.
_NONE, _LAST = 0, _PAIRS // len(_STATUSES) - 1
# What is left over.
_NOT_JUDGED = _PAIRS - 1


@dataclass(frozen=True, slots=True)
class RecentResult:
    """One of the recent results, as much of it as a bar shows."""

    status: Status
    response_time_ms: int | None


def append(text: str, result: CheckResult) -> str:
    """Add a result at the end and let the oldest beyond `KEPT` fall out."""
    high, low = divmod(_code(result), len(_DIGITS))
    return text[-_WIDTH * (KEPT - 1) :] + _DIGITS[high] + _DIGITS[low]


def read(text: str) -> tuple[RecentResult, ...]:
    """Read them back, oldest first. What is none, as an older version wrote it, is left out."""
    whole = text[len(text) % _WIDTH :]
    pairs = zip(whole[::_WIDTH], whole[1::_WIDTH], strict=True)
    return tuple(_read(high, low) for high, low in pairs if high in _VALUE and low in _VALUE)


@lru_cache(maxsize=_PAIRS)
def _read(high: str, low: str) -> RecentResult:
    code = _VALUE[high] * len(_DIGITS) + _VALUE[low]
    if code == _NOT_JUDGED:
        return RecentResult(Status.NOT_JUDGED, None)
    step, number = divmod(code, len(_STATUSES))
    time_ms = None if step == _NONE else round(math.exp((step - 1) * _LOG_STEP))
    return RecentResult(_STATUSES[number], time_ms)


def _code(result: CheckResult) -> int:
    if result.status is Status.NOT_JUDGED:
        return _NOT_JUDGED
    return _step(result.response_time_ms) * len(_STATUSES) + _NUMBER[result.status]


def _step(time_ms: float | None) -> int:
    if time_ms is None:
        return _NONE
    return min(1 + round(math.log(max(time_ms, 1.0)) / _LOG_STEP), _LAST)
