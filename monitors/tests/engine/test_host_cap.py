import asyncio

import pytest

from monitors.engine import host_cap
from monitors.engine.host_cap import HostCap


async def test_a_host_is_asked_by_so_many_at_a_time_and_others_do_not_wait() -> None:
    cap = HostCap(2)
    running: list[str] = []
    most: dict[str, int] = {}
    go_on = asyncio.Event()

    async def check(host: str) -> None:
        async with cap.slot(host):
            running.append(host)
            most[host] = max(most.get(host, 0), running.count(host))
            await go_on.wait()
            running.remove(host)

    checks = [asyncio.create_task(check(host)) for host in "aaaaab"]
    await asyncio.sleep(0.01)
    assert (sorted(running), cap.waiting) == (["a", "a", "b"], 3)
    go_on.set()
    await asyncio.gather(*checks)
    assert (most, cap.waiting) == ({"a": 2, "b": 1}, 0)


async def test_who_gives_up_waiting_takes_no_place() -> None:
    cap = HostCap(1)
    async with cap.slot("a"):
        waiting = asyncio.create_task(cap.slot("a").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert cap.waiting == 0
    async with asyncio.timeout(1), cap.slot("a"):
        pass


async def test_a_host_that_very_many_wait_for_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_cap, "MAX_WAITING_FOR_ONE", 2)
    cap = HostCap(1)
    async with cap.slot("a"):
        waiting = [asyncio.create_task(cap.slot("a").__aenter__()) for _ in range(2)]
        assert not cap.is_full("a")
        await asyncio.sleep(0)
        assert (cap.is_full("a"), cap.is_full("b"), cap.waiting) == (True, False, 2)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert (cap.is_full("a"), cap.waiting) == (False, 0)
