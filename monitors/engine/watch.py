"""Measures how late the event loop runs."""

import asyncio
import time

PERIOD_S = 0.02
# Timers fire a little late on any machine; that is no lag of ours.
TOLERATED_S = 0.005


class LoopWatch:
    """Adds up the time by which the loop was late, so that a check can tell its own share."""

    def __init__(self) -> None:
        self.lag_ms = 0.0

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(PERIOD_S)
            late_s = time.perf_counter() - began - PERIOD_S
            if late_s > TOLERATED_S:
                self.lag_ms += late_s * 1_000
