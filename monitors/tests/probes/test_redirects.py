"""What follows a redirect, and what stays behind."""

import httpx
import pytest

from monitors.domain.observation import Observation
from monitors.domain.spec import CheckSpec
from monitors.probes import observe
from monitors.probes.redirects import Chain
from monitors.tests.zoo import Enclosure, answer, redirect


async def ask(enclosure: Enclosure, **settings: object) -> Observation:
    url = f"http://127.0.0.1:{enclosure.port}/start"
    return await observe(CheckSpec(url, **({"timeout_s": 2.0} | settings)))  # type: ignore[arg-type]


def sent(request: bytes) -> dict[str, str]:
    lines = request.decode().split("\r\n")[1:-2]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def after(location: str, **settings: object) -> httpx.Request:
    """Give the request that follows a redirect away from http://a.example/."""
    spec = CheckSpec("http://a.example/", **settings)  # type: ignore[arg-type]
    headers = [("Authorization", "Bearer b"), *spec.headers, *spec.secret_headers]
    request = httpx.Request("GET", spec.url, headers=headers)
    return Chain(spec, request, []).following(httpx.Response(302, headers={"Location": location}))


async def test_secrets_do_not_go_to_another_origin() -> None:
    secret = (("X-Key", "k"), ("Proxy-Authorization", "p"), ("Cookie", "c=1"))
    async with Enclosure([[answer()]]).open() as other:
        away = f"http://127.0.0.1:{other.port}/".encode()
        async with Enclosure([[redirect(b"/in")], [redirect(away)]]).open() as first:
            await ask(first, secret_headers=secret, headers=(("X-Open", "o"),), bearer_token="b")
    kept = {"x-key", "proxy-authorization", "authorization"}
    assert kept <= set(sent(first.requests[1]))
    assert set(sent(other.requests[0])) == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "x-open",
        "connection",
    }


@pytest.mark.parametrize(
    ("location", "goes_along"),
    [
        ("https://a.example/", True),
        ("/b", True),
        ("https://a.example:8443/", False),
        ("https://b.example/", False),
        ("http://a.example:8080/", False),
    ],
)
def test_authorization_follows_its_host_to_tls(location: str, goes_along: bool) -> None:
    request = after(location, secret_headers=(("X-Key", "k"),))
    assert ("Authorization" in request.headers) is goes_along
    assert ("X-Key" in request.headers) is (location == "/b")


def test_what_was_left_behind_stays_behind() -> None:
    request = after("https://b.example/", secret_headers=(("X-Key", "k"),))
    assert request.headers["host"] == "b.example"
    back = Chain(CheckSpec("http://a.example/"), request, []).following(
        httpx.Response(302, headers={"Location": "http://a.example/"})
    )
    assert "X-Key" not in back.headers


@pytest.mark.parametrize(
    ("method", "status", "expected"),
    [
        (b"POST", b"301 Moved Permanently", b"GET"),
        (b"PUT", b"301 Moved Permanently", b"PUT"),
        (b"PUT", b"302 Found", b"GET"),
        (b"HEAD", b"303 See Other", b"HEAD"),
        (b"POST", b"303 See Other", b"GET"),
        (b"POST", b"307 Temporary Redirect", b"POST"),
        (b"POST", b"308 Permanent Redirect", b"POST"),
    ],
)
async def test_methods_change_as_in_browsers(method: bytes, status: bytes, expected: bytes) -> None:
    hops = [[redirect(b"/next", status=status)], [answer()]]
    async with Enclosure(hops).open() as enclosure:
        await ask(enclosure, method=method.decode(), body="" if method == b"HEAD" else "abc")
    assert enclosure.requests[1].split(b" ")[0] == expected
    assert ("content-length" in sent(enclosure.requests[1])) is (expected in (b"POST", b"PUT"))
