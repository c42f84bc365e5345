"""What our own machine does wrong says nothing about the target."""

import asyncio
import contextlib
import errno
import os
import resource
import socket
import time
from collections.abc import Iterator

import pytest

from monitors.domain.reasons import Failure, Fault
from monitors.domain.result import Status
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge
from monitors.engine.watch import watched
from monitors.net.errors import CheckFailed
from monitors.probes import observe
from monitors.tests.zoo import HANG, Enclosure, Wait, answer


@contextlib.contextmanager
def no_descriptor_left() -> Iterator[None]:
    """Use up what this process may open, whatever is free below."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    next_free = os.dup(0)
    os.close(next_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next_free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_machine_without_descriptors_judges_nobody() -> None:
    spec = CheckSpec("http://127.0.0.1:9/")
    with no_descriptor_left():
        result = judge(spec, await observe(spec))
    assert (result.status, result.message) == (
        Status.NOT_JUDGED,
        "the checker cannot open a connection: too many open files",
    )


async def test_an_address_that_this_machine_has_no_route_to_is_not_judged() -> None:
    # TEST-NET of IPv6 (RFC 3849): a machine without that protocol says so at once, and one with it
    # asks in vain.
    with socket.socket(socket.AF_INET6) as probe:
        probe.settimeout(0)
        has_route = probe.connect_ex(("2001:db8::1", 9)) in {errno.EINPROGRESS, 0}
    spec = CheckSpec("http://[2001:db8::1]:9/", timeout_s=0.2)
    seen = await observe(spec)
    assert seen.failure is not None
    expected = Fault.TIMEOUT_CONNECT if has_route else Fault.NO_WAY_OUT
    assert seen.failure.fault is expected
    assert judge(spec, seen).status is (Status.DOWN if has_route else Status.NOT_JUDGED)


@pytest.mark.parametrize("blocked_s", [0.0, 1.2])
async def test_a_loop_that_stood_still_gives_the_target_its_time_back(blocked_s: float) -> None:
    async with Enclosure([[Wait(0.5), answer()]]).open() as enclosure, watched() as watch:
        spec = CheckSpec(f"http://127.0.0.1:{enclosure.port}/", timeout_s=1.0)
        checking = asyncio.create_task(observe(spec, lag=watch.lag_ms))
        await asyncio.sleep(0.05)
        time.sleep(blocked_s)  # noqa: ASYNC251 - the very thing that is tested
        seen = await checking
    assert judge(spec, seen).status is Status.UP
    assert seen.loop_lag_ms >= 1_000 * blocked_s - 100


async def test_a_target_that_hangs_is_down_whatever_our_loop_did_in_between() -> None:
    async with Enclosure([[HANG]]).open() as enclosure, watched() as watch:
        spec = CheckSpec(f"http://127.0.0.1:{enclosure.port}/", timeout_s=0.5)
        checking = asyncio.create_task(observe(spec, lag=watch.lag_ms))
        await asyncio.sleep(0.05)
        time.sleep(0.6)  # noqa: ASYNC251 - the very thing that is tested
        result = judge(spec, await checking)
    assert (result.status, result.message) == (
        Status.DOWN,
        (
            f"no answer within 0.5 s: connected to 127.0.0.1 port {enclosure.port}, "
            "which did not send a complete response header"
        ),
    )
    # It had its half second, on top of what we lost.
    assert result.phases.total_ms > 1_000


async def test_a_loop_that_stands_still_again_and_again_says_nothing() -> None:
    async with Enclosure([[HANG]]).open() as enclosure, watched() as watch:
        spec = CheckSpec(f"http://127.0.0.1:{enclosure.port}/", timeout_s=0.2)
        checking = asyncio.create_task(observe(spec, lag=watch.lag_ms))
        await asyncio.sleep(0.05)
        while not checking.done():
            time.sleep(0.3)  # noqa: ASYNC251 - the very thing that is tested
            await asyncio.sleep(0.01)
        result = judge(spec, await checking)
    assert result.status is Status.NOT_JUDGED
    assert result.message.startswith("the checker itself was stalled for ")
    assert "connected to 127.0.0.1 port" in result.message


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("127.0.0.1", "no answer within 0.1 s: 127.0.0.1 port 80 did not accept the connection"),
        ("a.example", "no answer within 0.1 s: still looking up a.example"),
    ],
)
async def test_the_phase_that_was_under_way_is_named(
    monkeypatch: pytest.MonkeyPatch, host: str, said: str
) -> None:
    async def silent(*_args: object, **_more: object) -> list[str]:
        await asyncio.sleep(60)
        return []

    monkeypatch.setattr("monitors.net.transport.resolve", silent)
    seen = await observe(CheckSpec(f"http://{host}/", timeout_s=0.1))
    assert seen.failure is not None
    assert seen.failure.message == said


async def test_a_name_server_that_is_not_there_says_nothing_about_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As c-ares puts it where it could ask nobody.
    async def nobody(*_args: object, **_more: object) -> list[str]:
        raise CheckFailed(Fault.NO_NAME_SERVER, detail="could not contact DNS servers")

    monkeypatch.setattr("monitors.net.transport.resolve", nobody)
    spec = CheckSpec("http://a.example/")
    result = judge(spec, await observe(spec))
    assert result.status is Status.NOT_JUDGED
    assert (
        result.message
        == Failure(Fault.NO_NAME_SERVER, {"detail": "could not contact DNS servers"}).message
    )
