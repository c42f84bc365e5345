import asyncio
import subprocess
import sys
import time

import pytest

from monitors.engine.gauges import Gauges
from monitors.engine.watch import LoopWatch, guard


async def watched(blocking_s: float) -> float:
    """Give the lag that was seen: of three times the least, for others use this machine too."""
    return min([await _watched(blocking_s) for _ in range(3)])


async def _watched(blocking_s: float) -> float:
    lag = LoopWatch(Gauges())
    watching = asyncio.create_task(lag.run())
    with lag:
        await asyncio.sleep(0.05)
        time.sleep(blocking_s)  # noqa: ASYNC251 - the very thing that is measured
        await asyncio.sleep(0.05)
    watching.cancel()
    return lag.lag_ms()


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
    words = (watch, threading.Event(), lambda: None, 0.5)
    threading.Thread(target=guard, args=words, daemon=True).start()
    with watch:
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


class Looks:
    """Stands for the event that ends the guard, and for its clock: so many looks at given times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *moments_s: float) -> None:
        self.moments = list(moments_s)
        self.now_s = 0.0
        monkeypatch.setattr("time.monotonic", lambda: self.now_s)

    def wait(self, timeout: float) -> bool:
        del timeout
        if not self.moments:
            return True
        self.now_s = self.moments.pop(0)
        return False


@pytest.mark.parametrize(
    ("looks", "begun_anew"),
    [
        # The loop has not turned since the clock was at 0.
        ((3, 6, 9, 12, 15, 18, 21, 24, 27, 30), 0),
        ((3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33), 1),
        # The whole process did not run between two looks, and the loop has had no turn since.
        ((3, 100), 0),
    ],
)
def test_a_program_that_was_frozen_goes_on(
    monkeypatch: pytest.MonkeyPatch, looks: tuple[float, ...], begun_anew: int
) -> None:
    begun: list[str] = []
    for name in ("dump_traceback_later", "dump_traceback", "cancel_dump_traceback_later"):
        monkeypatch.setattr(f"faulthandler.{name}", lambda *_args, **_named: None)
    monkeypatch.setattr("logging.shutdown", lambda: None)
    monkeypatch.setattr("os.execv", lambda program, _words: begun.append(program))
    stop = Looks(monkeypatch, *looks)
    told: list[str] = []
    guard(LoopWatch(Gauges()), stop, lambda: told.append("told"), 30.0)  # type: ignore[arg-type]
    assert (begun, told) == ([sys.executable] * begun_anew, ["told"] * begun_anew)


async def test_it_looks_closely_only_while_a_check_is_in_flight() -> None:
    watch = LoopWatch(Gauges())
    watching = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    begun_s = watch.beat_s
    await asyncio.sleep(0.1)
    assert watch.beat_s == begun_s
    with watch:
        await asyncio.sleep(0.1)
        assert watch.beat_s > begun_s
    watching.cancel()
