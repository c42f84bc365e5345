"""Judging a hostile body holds up nobody."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from monitors.domain.observation import Observation, Phases, Response
from monitors.domain.result import Status
from monitors.domain.spec import CheckSpec
from monitors.engine.judging import judged

CELLS = b"[" + b"[1,1],[[1]]," * 5_000 + b"1]"


def seen(body: bytes) -> Observation:
    response = Response(200, "OK", (), body, body_complete=True)
    return Observation(datetime.now(UTC), Phases(wait_ms=1), response)


async def longest_pause(judging: asyncio.Task[object]) -> float:
    """Give the longest time for which the loop had no turn while something was judged."""
    longest, turned = 0.0, time.perf_counter()
    while not judging.done():
        await asyncio.sleep(0.001)
        turned, before = time.perf_counter(), turned
        longest = max(longest, turned - before)
    return longest


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (CELLS, {"json_path": "$..[?count($.*) > 9999999]"}),
        (CELLS, {"json_path": "$" + "[*, *]" * 60}),
        (b"a" * 60_000, {"pattern": "((a{0,30}){0,30})b"}),
    ],
    ids=["filter", "twice", "pattern"],
)
async def test_the_loop_has_its_turn_while_a_body_is_judged(
    body: bytes, rule: dict[str, str]
) -> None:
    pauses: list[tuple[float, float]] = []
    # Another program may take the processor away: whoever holds the loop up does so every time.
    for _ in range(3):
        began = time.perf_counter()
        judging = asyncio.create_task(judged(CheckSpec("http://a.example/", **rule), seen(body)))  # type: ignore[arg-type]
        pause_s = await longest_pause(judging)
        pauses.append((pause_s, max(0.3, (time.perf_counter() - began) / 2)))
        assert (await judging).status is Status.DOWN
    assert any(pause_s < bound_s for pause_s, bound_s in pauses), pauses


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (CELLS[:8_000] + b"1]", {"json_path": "$..[?count($.*) > 9999999]"}),
        (b"[" * 100 + b"1" + b"]" * 100, {"json_path": "$" + "[*, *]" * 60}),
        (b"a" * 1_300, {"pattern": "((a{0,30}){0,30})b"}),
    ],
    ids=["filter", "twice", "pattern"],
)
async def test_what_is_judged_on_the_loop_is_soon_done(body: bytes, rule: dict[str, str]) -> None:
    began = time.process_time()
    result = await judged(CheckSpec("http://a.example/", **rule), seen(body))  # type: ignore[arg-type]
    assert (result.status, time.process_time() - began < 0.25) == (Status.DOWN, True)
