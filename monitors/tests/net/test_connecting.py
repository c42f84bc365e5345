"""Hosts of several addresses, some of which are dead."""

import asyncio
import contextlib
import errno
import gc
import os
import socket
from collections.abc import Iterator

import pytest

from monitors.domain.reasons import Fault
from monitors.domain.spec import CheckSpec
from monitors.net.connecting import MAX_AT_A_TIME, Endpoint, connect
from monitors.net.errors import CheckFailed
from monitors.probes import observe
from monitors.tests.zoo import Enclosure, answer

DEAF, ALSO_DEAF, ALIVE = "127.0.0.2", "127.0.0.3", "127.0.0.1"
ALIVE_TOO = "::1"
# No machine has a route to it.
NOWHERE = "255.255.255.255"
NEVER = float("inf")


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


@contextlib.contextmanager
def all_deaf(count: int) -> Iterator[tuple[list[str], int]]:
    """Give deaf addresses and the port they share, where nothing listens on others."""
    with socket.create_server(("127.0.0.1", 0)) as server, contextlib.ExitStack() as stack:
        port = server.getsockname()[1]
        server.close()
        addresses = [f"127.0.1.{number + 1}" for number in range(count)]
        for address in addresses:
            stack.enter_context(deaf(address, port))
        yield addresses, port


def open_files() -> int:
    # What others have left behind may be closed at any time.
    gc.collect()
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - its own handle is closed by then


async def time_of(endpoint: Endpoint, addresses: list[str], within_s: float) -> float:
    """Give the time that a connection took: of three the least, for others use this machine too."""
    return min([await _time_of(endpoint, addresses, within_s) for _ in range(3)])


async def _time_of(endpoint: Endpoint, addresses: list[str], within_s: float) -> float:
    began = asyncio.get_running_loop().time()
    (await connect(endpoint, addresses, began + within_s)).close()
    return asyncio.get_running_loop().time() - began


async def test_dead_addresses_cost_a_quarter_of_a_second_each() -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        endpoint = Endpoint("a.example", "", enclosure.port)
        with deaf(DEAF, enclosure.port), deaf(ALSO_DEAF, enclosure.port):
            took_s = await time_of(endpoint, [DEAF, ALSO_DEAF, ALIVE], 5)
    assert endpoint.address == ALIVE
    assert took_s == pytest.approx(0.5, abs=0.1)


async def test_dead_addresses_leave_time_for_the_one_that_lives() -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        endpoint = Endpoint("a.example", "", enclosure.port)
        with deaf(DEAF, enclosure.port), deaf(ALSO_DEAF, enclosure.port):
            took_s = await time_of(endpoint, [DEAF, ALSO_DEAF, ALIVE], 0.3)
    assert endpoint.address == ALIVE
    assert took_s == pytest.approx(0.2, abs=0.06)


async def test_a_refusing_address_costs_the_next_one_nothing() -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        endpoint = Endpoint("a.example", "", enclosure.port)
        took_s = await time_of(endpoint, [DEAF, NOWHERE, ALIVE], 60)
    assert endpoint.address == ALIVE
    assert took_s < 0.2


async def test_an_address_that_is_slow_is_waited_for_while_others_are_tried() -> None:
    with all_deaf(2) as (addresses, port):
        endpoint = Endpoint("a.example", "", port)
        race = asyncio.create_task(connect(endpoint, addresses, NEVER))
        await asyncio.sleep(0.3)
        assert (endpoint.tried, endpoint.address) == (2, addresses[0])
        race.cancel()
        await asyncio.gather(race, return_exceptions=True)


async def test_of_two_families_the_one_that_answers_is_taken() -> None:
    server = await asyncio.start_server(lambda _r, w: w.close(), ALIVE_TOO, 0)
    port = server.sockets[0].getsockname()[1]
    endpoint = Endpoint("a.example", "", port)
    with deaf(DEAF, port):
        took_s = await time_of(endpoint, [DEAF, ALIVE_TOO], 5)
    server.close()
    assert endpoint.address == ALIVE_TOO
    assert took_s == pytest.approx(0.25, abs=0.1)


@pytest.mark.parametrize(
    ("addresses", "fault", "told"),
    [
        ([NOWHERE, DEAF, ALSO_DEAF], Fault.REFUSED, DEAF),
        ([DEAF, ALSO_DEAF, NOWHERE], Fault.REFUSED, DEAF),
        (["fd00::1%no-such-place", NOWHERE], Fault.CONNECT_FAILED, "fd00::1%no-such-place"),
        ([NOWHERE], Fault.NO_WAY_OUT, NOWHERE),
    ],
)
async def test_where_all_fail_the_most_telling_failure_is_told(
    addresses: list[str], fault: Fault, told: str
) -> None:
    with socket.create_server((ALIVE, 0)) as server:
        endpoint = Endpoint("a.example", "", server.getsockname()[1])
    before = open_files()
    with pytest.raises(CheckFailed) as raised:
        await connect(endpoint, addresses, NEVER)
    assert (raised.value.failure.fault, raised.value.failure.facts["address"]) == (fault, told)
    assert (endpoint.address, endpoint.tried) == (told, len(addresses))
    assert open_files() <= before


async def test_attempts_that_are_broken_off_leave_no_file_open() -> None:
    with all_deaf(MAX_AT_A_TIME + 4) as (addresses, port):
        before = open_files()
        race = asyncio.create_task(connect(Endpoint("", "", port), addresses, 0.0))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(race, 0.1)
        assert open_files() <= before


async def test_no_more_than_some_attempts_are_made_at_a_time() -> None:
    with all_deaf(MAX_AT_A_TIME + 4) as (addresses, port):
        before = open_files()
        endpoint = Endpoint("", "", port)
        race = asyncio.create_task(connect(endpoint, addresses, 0.0))
        await asyncio.sleep(0.05)
        assert (endpoint.tried, open_files() - before) == (len(addresses), MAX_AT_A_TIME)
        assert endpoint.address == addresses[4]
        race.cancel()
        await asyncio.gather(race, return_exceptions=True)


async def test_a_check_that_ends_as_it_connects_leaves_no_file_open() -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        for turns in range(6):
            before = open_files()
            race = asyncio.create_task(connect(Endpoint("", "", enclosure.port), [ALIVE], NEVER))
            for _ in range(turns):
                await asyncio.sleep(0)
            race.cancel()
            (ended,) = await asyncio.gather(race, return_exceptions=True)
            if isinstance(ended, socket.socket):
                ended.close()
            # What the server took is its own.
            await asyncio.sleep(0.01)
            for task in [*enclosure._tasks]:
                task.cancel()
            await asyncio.sleep(0.01)
            assert open_files() <= before


async def test_a_machine_without_sockets_says_nothing_about_the_target(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, made = socket.socket, []

    def few(*args: int) -> socket.socket:
        made.append(args)
        if len(made) > 1:
            raise OSError(24, "Too many open files")
        return real(*args)

    with socket.create_server((ALIVE, 0)) as server:
        endpoint = Endpoint("a.example", "", server.getsockname()[1])
    monkeypatch.setattr("monitors.net.connecting.socket.socket", few)
    with pytest.raises(CheckFailed, match="too many open files"):
        await connect(endpoint, [DEAF, ALSO_DEAF], NEVER)


async def test_a_dead_address_is_passed_within_the_time_of_a_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def found(*_args: object, **_more: object) -> list[str]:
        return [DEAF, ALIVE]

    monkeypatch.setattr("monitors.net.transport.resolve", found)
    async with Enclosure([[answer()]]).open() as enclosure:
        with deaf(DEAF, enclosure.port):
            spec = CheckSpec(f"http://a.example:{enclosure.port}/", timeout_s=2.0)
            seen = await observe(spec)
    assert (seen.failure, seen.address) == (None, ALIVE)
    assert seen.phases.connect_ms == pytest.approx(250, abs=100)


async def test_a_host_whose_addresses_are_all_dead_says_how_many_were_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with all_deaf(3) as (addresses, port):

        async def found(*_args: object, **_more: object) -> list[str]:
            return addresses

        monkeypatch.setattr("monitors.net.transport.resolve", found)
        seen = await observe(CheckSpec(f"http://a.example:{port}/", timeout_s=0.4))
    assert seen.failure is not None
    assert seen.failure.message == (
        "no answer within 0.4 s: none of 3 addresses of a.example "
        f"accepted a connection to port {port}"
    )
    assert seen.address == addresses[0]


async def test_a_kernel_without_ipv6_leaves_the_word_to_the_other_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = socket.socket

    def without_ipv6(family: int, *more: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return real(family, *more)

    with socket.create_server((ALIVE, 0)) as server:
        endpoint = Endpoint("a.example", "", server.getsockname()[1])
    monkeypatch.setattr("monitors.net.connecting.socket.socket", without_ipv6)
    for addresses, fault in (
        (["::1", DEAF], Fault.REFUSED),
        ([DEAF, "::1"], Fault.REFUSED),
        (["::1"], Fault.NO_WAY_OUT),
    ):
        with pytest.raises(CheckFailed) as raised:
            await connect(endpoint, addresses, NEVER)
        assert raised.value.failure.fault is fault
