import asyncio

import pytest

from monitors.engine.gauges import Gauges
from monitors.loops.keep_going import keep_going


async def test_a_part_goes_on_after_an_error_that_nobody_expected(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outcomes: list[Exception | None] = [KeyError("a"), ValueError("b"), None]
    gauges = Gauges()

    async def part() -> None:
        if (outcome := outcomes.pop(0)) is not None:
            raise outcome

    await keep_going("presence", part, gauges.erred, after_s=0)
    assert (outcomes, gauges.errors) == ([], 2)
    assert [record.message for record in caplog.records] == [
        "The checker's presence went wrong; it goes on in 0 s"
    ] * 2
    assert "ValueError: b" in caplog.text


async def test_a_part_that_is_to_end_ends() -> None:
    going = asyncio.create_task(keep_going("watch", lambda: asyncio.sleep(60), Gauges().erred))
    await asyncio.sleep(0)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
