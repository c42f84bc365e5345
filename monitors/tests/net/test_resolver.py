import pytest

from monitors.domain.reasons import Fault
from monitors.net.errors import CheckFailed
from monitors.net.guard import OPEN, GuardPolicy
from monitors.net.resolver import resolve


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "192.0.2.1", "fd00::1%eth0"])
async def test_an_address_needs_no_lookup(address: str) -> None:
    assert await resolve(address, OPEN) == [address]


@pytest.mark.parametrize("host", ["8.8.8.8%169.254.169.254", "127.0.0.1%lo", "a%.example", "%"])
async def test_what_is_no_ipv6_address_has_no_scope(host: str) -> None:
    with pytest.raises(CheckFailed) as raised:
        await resolve(host, OPEN)
    assert raised.value.failure.fault is Fault.BLOCKED_ADDRESS


async def test_localhost_is_this_machine_ipv4_first() -> None:
    found = await resolve("localhost", OPEN)
    assert found[0] == "127.0.0.1"
    assert set(found) <= {"127.0.0.1", "::1"}


async def test_ipv6_may_be_preferred() -> None:
    found = await resolve("localhost", OPEN, prefer_ipv6=True)
    assert found == sorted(found, key=lambda address: ":" not in address)


@pytest.mark.parametrize(
    ("prefer_ipv6", "expected"),
    [
        (False, ["127.0.0.1", "::1", "127.0.0.2", "::2", "127.0.0.3"]),
        (True, ["::1", "127.0.0.1", "::2", "127.0.0.2", "127.0.0.3"]),
    ],
)
async def test_families_take_turns(
    monkeypatch: pytest.MonkeyPatch, prefer_ipv6: bool, expected: list[str]
) -> None:
    async def found(_host: str) -> list[str]:
        return ["127.0.0.1", "127.0.0.2", "169.254.1.1", "127.0.0.3", "::1", "fe80::1", "::2"]

    monkeypatch.setattr("monitors.net.resolver._look_up", found)
    assert await resolve("a.example", OPEN, prefer_ipv6=prefer_ipv6) == expected


async def test_a_name_that_does_not_exist_says_so() -> None:
    with pytest.raises(CheckFailed) as raised:
        await resolve("nowhere.invalid", OPEN)
    assert raised.value.failure.fault is Fault.HOST_UNKNOWN
    assert str(raised.value) == "the name nowhere.invalid does not exist in DNS"


async def test_every_answer_passes_the_guard() -> None:
    with pytest.raises(CheckFailed) as raised:
        await resolve("localhost", GuardPolicy(refuse_private=True))
    assert raised.value.failure.fault is Fault.BLOCKED
    assert str(raised.value) == ("localhost resolves to 127.0.0.1, which is not allowed")
