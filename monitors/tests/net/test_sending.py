"""No setting makes more than one request of a check, whatever the form has let through."""

import httpx
import pytest

from monitors.domain.reasons import Fault
from monitors.domain.spec import CheckSpec
from monitors.net.errors import UnsendableRequest
from monitors.net.sending import outgoing
from monitors.probes import observe
from monitors.tests.zoo import Enclosure, answer

SECOND = "a\r\nHost: x\r\n\r\nGET /second HTTP/1.1"
UNSENDABLE: list[dict[str, object]] = [
    {"bearer_token": SECOND},
    {"bearer_token": "a\nb"},
    {"bearer_token": "a\x00b"},
    {"bearer_token": "\ud800"},
    {"username": SECOND},
    {"username": "a", "password": "b\r\nc"},
    {"password": "\udfff"},
    {"method": "GET / HTTP/1.1\r\nX: y\r\n\r\nGET"},
    {"method": "G\u00cbT"},
    {"method": ""},
    {"headers": (("X-A", SECOND),)},
    {"headers": (("X-A", "a\rb"),)},
    {"headers": (("X-A\r\nX-B", "a"),)},
    {"headers": (("X A", "a"),)},
    {"headers": (("", "a"),)},
    {"headers": (("X-\u00c4", "a"),)},
    {"headers": (("X-A", "\ud800"),)},
    {"secret_headers": (("X-A", "a\nb"),)},
    {"headers": (("Host", SECOND),)},
    {"headers": (("Host", ""),)},
    {"headers": (("Host", "a b"),)},
    {"headers": (("Host", "a.example/b"),)},
    {"headers": (("Host", "a.example"), ("host", "b.example"))},
    {"headers": (("Host", "a.example"),), "secret_headers": (("Host", "a.example"),)},
    {"headers": (("Content-Length", "3"),), "body": "ab"},
    {"headers": (("Content-Length", "0"),), "body": "ab"},
    {"headers": (("Content-Length", "2"), ("content-length", "2")), "body": "ab"},
    {"headers": (("Content-Length", "5"),)},
    {"headers": (("Transfer-Encoding", "chunked"),), "body": "ab"},
    {"headers": (("Transfer-Encoding", "identity"),)},
    {"headers": tuple((f"X-{number}", "a" * 8_000) for number in range(50))},
    {"body": "\ud800"},
]


@pytest.mark.parametrize("broken", UNSENDABLE, ids=str)
async def test_a_request_that_a_setting_breaks_open_is_not_sent(
    broken: dict[str, object],
) -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        url = f"http://127.0.0.1:{enclosure.port}/"
        seen = await observe(CheckSpec(url, **broken))  # type: ignore[arg-type]
    assert enclosure.requests == []
    assert seen.failure is not None
    assert seen.failure.fault is Fault.UNREADABLE
    assert "the request cannot be sent: " in seen.failure.message


@pytest.mark.parametrize(
    "path", ["a b", "a\r\nHost: x", "a\x00", "a\x7f", "\ud800", "a\r\n\r\nGET /second"]
)
async def test_nor_is_one_that_an_address_breaks_open(path: str) -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        seen = await observe(CheckSpec(f"http://127.0.0.1:{enclosure.port}/{path}"))
    assert b"/second HTTP" not in b"".join(enclosure.requests)
    assert all(request.count(b"\r\n\r\n") == 1 for request in enclosure.requests)
    assert seen.failure is None or seen.failure.fault is Fault.UNREADABLE


async def test_a_header_that_may_be_sent_is_sent_as_it_is() -> None:
    given = (("Host", "a_b.example:81"), ("X-A", "a\tb \u2028 \u0085 ü"), ("Content-Length", "2"))
    async with Enclosure([[answer()]]).open() as enclosure:
        url = f"http://127.0.0.1:{enclosure.port}/"
        seen = await observe(CheckSpec(url, method="POST", headers=given, body="ab"))
    assert seen.failure is None
    lines = enclosure.requests[0].split(b"\r\n")
    wanted = [f"{name}: {value}".encode() for name, value in given]
    assert [line for line in lines if line in wanted] == wanted


def test_the_host_of_an_address_is_one() -> None:
    request = httpx.Request("GET", "http://[fd00::1%25eth0]:81/")
    assert b"\r\nHost: [fd00::1%25eth0]:81\r\n" in outgoing(request).wire


def test_a_request_that_has_been_changed_is_looked_through_anew() -> None:
    request = httpx.Request("GET", "http://a.example/")
    outgoing(request)
    request.headers["X-A"] = "a\nb"
    with pytest.raises(UnsendableRequest):
        outgoing(request)
