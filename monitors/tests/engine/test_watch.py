import asyncio
import signal
import subprocess
import sys
import time

import pytest

from monitors.engine.gauges import Gauges
from monitors.engine.watch import LoopWatch


async def watched(blocking_s: float) -> float:
    """Give the lag that was seen: of three times the least, for others use this machine too."""
    return min([await _watched(blocking_s) for _ in range(3)])


async def _watched(blocking_s: float) -> float:
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


STALLS = """
import asyncio, os, sys, threading, time
from monitors.engine.gauges import Gauges
from monitors.engine.watch import LoopWatch, guard

async def main():
    watch = LoopWatch(Gauges())
    watching = asyncio.create_task(watch.run())
    threading.Thread(target=guard, args=(watch, threading.Event(), 0.5), daemon=True).start()
    await asyncio.sleep(1)
    print("turns", os.getpid(), flush=True)
    time.sleep(60)

asyncio.run(main())
"""


def test_a_loop_that_stands_still_is_ended_and_begun_anew_in_the_same_process() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STALLS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        turns = [process.stdout.readline() for _ in range(2)]
        process.kill()
        said = process.stderr.read()
    assert turns == [f"turns {process.pid}\n"] * 2
    assert "The event loop has stood still for" in said
    # And where it stood.
    assert "in main" in said


FREEZES = STALLS.replace("time.sleep(60)", "await asyncio.sleep(60)")


def test_a_process_that_was_frozen_goes_on() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FREEZES], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        time.sleep(2)
        process.send_signal(signal.SIGCONT)
        time.sleep(1)
        process.kill()
        assert (process.stdout.read(), process.stderr.read()) == ("", "")
