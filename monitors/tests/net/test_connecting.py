"""Hosts of several addresses, some of which are dead."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest

from monitors.domain.spec import CheckSpec
from monitors.net.connecting import Endpoint, connect
from monitors.probes import observe
from monitors.tests.zoo import Enclosure, answer

DEAF, ALSO_DEAF, ALIVE = "127.0.0.2", "127.0.0.3", "127.0.0.1"


@contextlib.contextmanager
def deaf(address: str, port: int) -> Iterator[None]:
    """Listen and never accept: once the queue is full, nobody gets an answer."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(socket.create_server((address, port), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)  # noqa: FBT003 - its signature
            waiting.connect_ex((address, port))
        yield


async def test_dead_addresses_leave_time_for_the_one_that_lives() -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        endpoint = Endpoint("a.example", "", enclosure.port)
        with deaf(DEAF, enclosure.port), deaf(ALSO_DEAF, enclosure.port):
            began = asyncio.get_running_loop().time()
            sock = await connect(endpoint, [DEAF, ALSO_DEAF, ALIVE], deadline=began + 0.6)
            took_s = asyncio.get_running_loop().time() - began
            sock.close()
    assert endpoint.address == ALIVE
    assert took_s == pytest.approx(0.4, abs=0.1)


async def test_a_refusing_address_costs_the_next_one_nothing() -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        endpoint = Endpoint("a.example", "", enclosure.port)
        began = asyncio.get_running_loop().time()
        (await connect(endpoint, [DEAF, ALIVE], deadline=began + 60)).close()
        took_s = asyncio.get_running_loop().time() - began
    assert endpoint.address == ALIVE
    assert took_s < 0.2


async def test_a_dead_address_is_passed_within_the_time_of_a_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def found(*_args: object, **_more: object) -> list[str]:
        return [DEAF, ALIVE]

    monkeypatch.setattr("monitors.net.transport.resolve", found)
    async with Enclosure([[answer()]]).open() as enclosure:
        with deaf(DEAF, enclosure.port):
            spec = CheckSpec(f"http://a.example:{enclosure.port}/", timeout_s=0.6)
            seen = await observe(spec)
    assert (seen.failure, seen.address) == (None, ALIVE)
    assert seen.phases.connect_ms == pytest.approx(300, abs=100)
