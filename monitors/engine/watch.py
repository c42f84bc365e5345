"""Measures how late the event loop runs, and does not let it stand still for good."""

import asyncio
import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .gauges import Gauges

logger = logging.getLogger(__name__)

PERIOD_S = 0.02
# Timers fire a little late on any machine; that is no lag of ours.
TOLERATED_S = 0.005
STALLED_AFTER_S = 30.0


class LoopWatch:
    """Adds up the time by which the loop was late, so that a check can tell its own share."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges
        self._lag_ms = 0.0
        self._turned_s: float | None = None
        self.beat_s = time.monotonic()
        """When the loop was last seen to turn."""

    def lag_ms(self) -> float:
        """Tell by how much the loop has been late so far.

        Up to this moment: where the loop has just come back, others may have their turn first.
        """
        if self._turned_s is None:
            return self._lag_ms
        late_s = time.perf_counter() - self._turned_s - PERIOD_S
        return self._lag_ms + (late_s * 1_000 if late_s > TOLERATED_S else 0.0)

    async def run(self) -> None:
        """Watch until cancelled."""
        try:
            while True:
                began = self._turned_s = time.perf_counter()
                await asyncio.sleep(PERIOD_S)
                self._turned(time.perf_counter() - began - PERIOD_S)
        finally:
            self._turned_s = None

    def _turned(self, late_s: float) -> None:
        self.beat_s = time.monotonic()
        if late_s > TOLERATED_S:
            self._lag_ms += late_s * 1_000
            self._gauges.lagged(late_s * 1_000)


@asynccontextmanager
async def watched() -> AsyncIterator[LoopWatch]:
    """Watch the running loop for a while, where no checker does."""
    watch = LoopWatch(Gauges())
    watching = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        watching.cancel()


def guard(watch: LoopWatch, stop: threading.Event, after_s: float = STALLED_AFTER_S) -> None:
    """Start the program again when its loop stands still; runs in a thread, until `stop`.

    The new program takes the place of this process, so whoever started it need not notice. Where
    not even this thread gets to run, the interpreter's own timer ends the process.
    """
    period_s = after_s / 10
    looked_s = time.monotonic()
    while not stop.wait(period_s):
        faulthandler.dump_traceback_later(10 * after_s, exit=True)
        now_s = time.monotonic()
        overslept = now_s - looked_s > 3 * period_s
        looked_s = now_s
        stood_still_s = now_s - watch.beat_s
        # Where this thread did not run either, the whole process was frozen and goes on now.
        if stood_still_s > after_s and not overslept:
            logger.critical(
                "The event loop has stood still for %.0f s; the checker starts again", stood_still_s
            )
            faulthandler.dump_traceback(all_threads=True)
            logging.shutdown()
            os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - this very program again
    faulthandler.cancel_dump_traceback_later()
