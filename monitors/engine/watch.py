"""Measures how late the event loop runs, and does not let it stand still for good."""

import asyncio
import faulthandler
import logging
import math
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from .gauges import Gauges

logger = logging.getLogger(__name__)

PERIOD_S = 0.02
# While nothing is in flight: a wake-up costs a loop that rests a tenth of what a check does.
RESTING_PERIOD_S = 1.0
# Timers fire a little late on any machine; that is no lag of ours.
TOLERATED_S = 0.005
STALLED_AFTER_S = 30.0


class LoopWatch:
    """Adds up the time by which the loop was late, so that a check can tell its own share.

    As a context it is told that a check is in flight: then it looks closely, and only then.
    """

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges
        self._lag_ms = 0.0
        self._due_s = math.inf
        """When the timer that runs is due."""
        self._timer: asyncio.TimerHandle | None = None
        self.beat_s = time.monotonic()
        """When the loop was last seen to turn."""

    def lag_ms(self) -> float:
        """Tell by how much the loop has been late so far.

        Up to this moment: where the loop has just come back, others may have their turn first.
        """
        return self._lag_ms + self._late_ms()

    async def run(self) -> None:
        """Watch until cancelled."""
        self._turn()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._stop()

    def __enter__(self) -> Self:
        self._gauges.in_flight += 1
        if self._gauges.in_flight == 1 and self._timer is not None:
            self._turn()
        return self

    def __exit__(self, *_: object) -> None:
        self._gauges.in_flight -= 1
        if not self._gauges.in_flight and self._timer is not None:
            self._turn()

    def _turn(self) -> None:
        """Take note of how late the loop is, and look again in a while."""
        late_ms = self._late_ms()
        self._stop()
        self._lag_ms += late_ms
        self._gauges.lagged(late_ms)
        self.beat_s = time.monotonic()
        period_s = PERIOD_S if self._gauges.in_flight else RESTING_PERIOD_S
        self._due_s = time.perf_counter() + period_s
        self._timer = asyncio.get_running_loop().call_later(period_s, self._turn)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._due_s = math.inf

    def _late_ms(self) -> float:
        late_s = time.perf_counter() - self._due_s
        return late_s * 1_000 if late_s > TOLERATED_S else 0.0


@asynccontextmanager
async def watched() -> AsyncIterator[LoopWatch]:
    """Watch the running loop closely for a while, where no checker does."""
    watch = LoopWatch(Gauges())
    watching = asyncio.create_task(watch.run())
    try:
        with watch:
            yield watch
    finally:
        watching.cancel()


def guard(
    watch: LoopWatch,
    stop: threading.Event,
    before_exit: Callable[[], None],
    after_s: float = STALLED_AFTER_S,
) -> None:
    """Start the program again when its loop stands still; runs in a thread, until `stop`.

    `before_exit` is called first, and must not wait for anything. The new program takes the place
    of this process, so whoever started it need not notice. Where not even this thread gets to run,
    the interpreter's own timer ends the process.
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
            before_exit()
            logging.shutdown()
            os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - this very program again
    faulthandler.cancel_dump_traceback_later()
