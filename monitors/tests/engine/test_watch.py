import asyncio
import time

import pytest

from monitors.engine.gauges import Gauges
from monitors.engine.watch import LoopWatch


async def watched(blocking_s: float) -> float:
    watch = LoopWatch(Gauges())
    watching = asyncio.create_task(watch.run())
    await asyncio.sleep(0.05)
    time.sleep(blocking_s)  # noqa: ASYNC251 - the very thing that is measured
    await asyncio.sleep(0.05)
    watching.cancel()
    return watch.lag_ms


async def test_a_blocked_loop_is_noticed_with_its_length() -> None:
    assert await watched(0.3) == pytest.approx(300, abs=60)


async def test_an_idle_loop_is_not_late() -> None:
    assert await watched(0) < 60
