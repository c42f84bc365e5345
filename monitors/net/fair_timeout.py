"""A time limit that counts only time in which our own event loop ran."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

Lag = Callable[[], float]
"""Tells by how many milliseconds the loop has been late so far, up to this moment."""

# Below it a timer is as exact as timers are.
_TOLERATED_S = 0.02


def no_lag() -> float:
    """Stands in where nobody measures the loop."""
    return 0.0


class FairTimeout:
    """Like `asyncio.timeout`, but what the loop stood still is given back once.

    A target has then had its whole time, whatever else our process did meanwhile. Where the loop
    was late again in the time that was given back, `stalled_s` tells so, and the timeout says
    nothing about the target.
    """

    def __init__(self, timeout_s: float, lag: Lag) -> None:
        self._loop = asyncio.get_running_loop()
        self._timeout_s = timeout_s
        self._lag = lag
        self._lag_before_ms = lag()
        self._began = self._loop.time()
        self._given_s = 0.0
        self._limit = asyncio.timeout(None)
        self._handle = self._loop.call_later(timeout_s, self._ring)
        self.stalled_s = 0.0

    @property
    def lag_ms(self) -> float:
        """By how much the loop was late since the beginning."""
        return self._lag() - self._lag_before_ms

    @property
    def when(self) -> float:
        """When the time is up, as the loop tells it, unless some of it is given back."""
        return self._handle.when()

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._handle.cancel()
        await self._limit.__aexit__(kind, error, trace)

    def _ring(self) -> None:
        now = self._loop.time()
        lag_s = self.lag_ms / 1_000
        owed_s = min(self._timeout_s - (now - self._began - lag_s), self._timeout_s)
        if owed_s <= _TOLERATED_S:
            self._limit.reschedule(now)
        elif self._given_s < self._timeout_s:
            self._given_s += owed_s
            self._handle = self._loop.call_later(owed_s, self._ring)
        else:
            self.stalled_s = lag_s
            self._limit.reschedule(now)
