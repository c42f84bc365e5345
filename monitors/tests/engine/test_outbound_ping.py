import asyncio
import time

import pytest

from monitors.engine import outbound_ping
from monitors.loops.database import DatabaseThread
from monitors.tests.local_server import LocalServer


async def beats(target: LocalServer, silent_for_s: float) -> list[str]:
    database = DatabaseThread()
    database.answered_s = time.monotonic() - silent_for_s
    beating = asyncio.create_task(outbound_ping.keep_pinging(f"{target.url}ping", database, 0.05))
    await asyncio.sleep(0.5)
    beating.cancel()
    await database.close()
    return target.requests


async def test_it_beats_again_and_again(target: LocalServer) -> None:
    assert len(await beats(target, 0)) > 2
    assert set(target.requests) == {"/ping"}


async def test_it_is_silent_while_the_database_is(target: LocalServer) -> None:
    assert await beats(target, outbound_ping.ANSWERED_WITHIN_S + 1) == []


async def test_one_that_does_not_arrive_is_told_and_the_next_is_sent(
    target: LocalServer, caplog: pytest.LogCaptureFixture
) -> None:
    target.status = 500
    assert len(await beats(target, 0)) > 2
    assert "The ping of HEARTBEAT_URL did not arrive: 500" in caplog.text
