"""What follows a redirect, and what stays behind."""

import httpx
import pytest

from monitors.domain.observation import Observation
from monitors.domain.reasons import Fault
from monitors.domain.spec import CheckSpec
from monitors.probes import observe
from monitors.probes.http import _built
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
            plain = (("X-Open", "o"), ("X-Api-Key", "a"))
            await ask(first, secret_headers=secret, headers=plain, bearer_token="b")
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
        (b"PUT", b"302 Found", b"PUT"),
        (b"POST", b"302 Found", b"GET"),
        (b"PUT", b"303 See Other", b"GET"),
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


@pytest.mark.parametrize(
    ("location", "detail"),
    [
        (b"http://a.example:99999/", "a port is a number from 1 to 65535"),
        (b"http://127.0.0.1:-1/", "a port is a number from 1 to 65535"),
        (b"http://127.0.0.1:0/", "a port is a number from 1 to 65535"),
        (b"http://127.0.0.1:x/", "a port is a number from 1 to 65535"),
        (b"http://a<b/", "“a<b” is not a valid host name"),
        (b"http://a.1/", "“a.1” is not a valid host name"),
        (b"http://1.2.3.256/", "“1.2.3.256” is not a valid IPv4 address"),
        (b"http://a..b/", "“a..b” is not a valid host name"),
        (b"http://" + b"a" * 64 + b"/", f"“{'a' * 64}” is not a valid host name"),
        (b"http://127.0.0.1%25x/", "“127.0.0.1%25x” is not a valid host name"),
        (b"https:///a", "this address has no host name, like example.com"),
        (b"http://[::bad/", "it is no address"),
        (b"mailto:a@b.example", "only http and https can be"),
    ],
)
async def test_a_bad_redirect_is_the_servers_fault(location: bytes, detail: str) -> None:
    async with Enclosure([[redirect(location)]]).open() as enclosure:
        seen = await ask(enclosure)
    assert seen.failure is not None
    assert seen.failure.fault is Fault.REDIRECT_BAD
    assert seen.failure.facts == {"url": location.decode(), "detail": detail}


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        (b"/t ", b"/t"),
        (b"/t\t", b"/t"),
        (b" \t /t \t ", b"/t"),
        (b"/a\tb", b"/ab"),
        (b"/a b", b"/a%20b"),
        (b"/a\x01b\x7f", b"/a%01b%7F"),
        (b"\x01/t\x1f", b"/t"),
        (b"/t\r\nLocation: /t", b"/t"),
        (b"/t\r\nLocation: /t \r\nlocation:/t", b"/t"),
        (b"\r\nLocation: /t", b"/t"),
        (b"/t#a\r\nLocation: /t#a", b"/t"),
        (b"/t\r\n ", b"/t"),
    ],
)
async def test_a_location_is_read_as_browsers_read_it(location: bytes, asked: bytes) -> None:
    async with Enclosure([[redirect(location)], [answer()]]).open() as enclosure:
        seen = await ask(enclosure)
    assert seen.failure is None
    assert enclosure.requests[1].startswith(b"GET " + asked + b" HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("http://i❤.ws/", "i❤.ws"),
        ("http://xn--i-7iq.ws/", "i❤.ws"),
        ("http://foo-.example:81/", "foo-.example:81"),
    ],
)
def test_a_redirect_may_lead_to_any_host_that_browsers_open(location: str, host: str) -> None:
    expected = host.replace("i❤", "xn--i-7iq")
    chain = Chain(CheckSpec("http://a.example/"), _built(CheckSpec("http://a.example/")), [])
    request = chain.following(httpx.Response(302, headers=[(b"Location", location.encode())]))
    assert (request.url.netloc.decode(), request.headers["Host"]) == (expected, expected)
    back = chain.following(httpx.Response(302, headers=[(b"Location", b"/b")]))
    assert str(back.url) == f"http://{expected}/b"


async def test_two_places_are_none() -> None:
    async with Enclosure([[redirect(b"/a\r\nLocation: /b")]]).open() as enclosure:
        seen = await ask(enclosure)
    assert seen.failure is not None
    assert seen.failure.message == (
        "redirected to /a, which cannot be followed: the answer names another place too"
    )


@pytest.mark.parametrize("location", [b"", b" \t"])
async def test_a_redirect_to_nowhere_is_an_answer_like_any_other(location: bytes) -> None:
    async with Enclosure([[redirect(location)]]).open() as enclosure:
        seen = await ask(enclosure)
    assert seen.response is not None
    assert (seen.response.status_code, len(enclosure.requests)) == (302, 1)


async def test_cookies_that_change_are_no_circle() -> None:
    hops = [[redirect(b"/start", b"Set-Cookie: step=%d" % step)] for step in range(1, 6)]
    async with Enclosure([*hops, [answer()]]).open() as enclosure:
        seen = await ask(enclosure)
    assert seen.failure is None
    assert len(enclosure.requests) == 6


async def test_cookies_that_come_back_are_a_circle() -> None:
    hops = [[redirect(b"/start", b"Set-Cookie: step=%d" % (step % 2))] for step in range(20)]
    async with Enclosure(hops).open() as enclosure:
        seen = await ask(enclosure)
    assert seen.failure is not None
    assert seen.failure.fault is Fault.REDIRECT_LOOP
    assert len(enclosure.requests) == 5


async def test_a_method_that_changes_is_no_circle() -> None:
    hops = [[redirect(b"/start", status=b"303 x")], [redirect(b"/start")], [answer()]]
    async with Enclosure(hops).open() as enclosure:
        seen = await ask(enclosure, method="POST", body="a")
    assert seen.failure is None
    methods = [request.partition(b" ")[0] for request in enclosure.requests]
    assert methods == [b"POST", b"GET", b"GET"]


OF_THE_BODY = (
    ("Content-Type", "application/json"),
    ("Content-Encoding", "gzip"),
    ("Content-Language", "de"),
    ("Content-Location", "/a"),
)


@pytest.mark.parametrize("status", [b"301 x", b"302 x", b"303 x", b"307 x", b"308 x"])
async def test_a_request_without_its_body_does_not_describe_one(status: bytes) -> None:
    async with Enclosure([[redirect(b"/b", status=status)], [answer()]]).open() as enclosure:
        await ask(enclosure, method="POST", body="{}", headers=(*OF_THE_BODY, ("X-One", "1")))
    described = {name.lower() for name, _ in OF_THE_BODY} | {"content-length"}
    kept = described if status in (b"307 x", b"308 x") else set()
    assert {*sent(enclosure.requests[1])} & {*described, "x-one"} == {*kept, "x-one"}


async def test_a_cookie_that_cannot_be_sent_is_none() -> None:
    hops = [[redirect(b"/b", b"Set-Cookie: a=\x01", b"Set-Cookie: b=1")], [answer()]]
    async with Enclosure(hops).open() as enclosure:
        seen = await ask(enclosure)
    assert seen.failure is None
    assert sent(enclosure.requests[1])["cookie"] == "b=1"


async def test_cookies_without_end_are_the_servers_fault() -> None:
    filler = b"x" * 3_000
    hops = []
    for hop in range(4):
        cookies = [b"Set-Cookie: c%d_%d=" % (hop, number) + filler for number in range(2)]
        hops.append([redirect(b"/%d" % hop, *cookies)])
    async with Enclosure(hops).open() as enclosure:
        seen = await ask(enclosure)
    assert seen.failure is not None
    assert seen.failure.facts["detail"] == "there are more cookies than can be sent along"


@pytest.mark.parametrize("cookie", ["ü".encode(), b"\xfc", "\u2028".encode()])
async def test_cookies_beyond_ascii_come_back_as_they_were_set(cookie: bytes) -> None:
    hops = [[redirect("/ü".encode(), b"Set-Cookie: a=" + cookie)], [answer()]]
    async with Enclosure(hops).open() as enclosure:
        seen = await ask(enclosure)
    assert seen.failure is None
    assert enclosure.requests[1].startswith(b"GET /%C3%BC HTTP/1.1\r\n")
    assert b"\r\nCookie: a=" + cookie + b"\r\n" in enclosure.requests[1]


@pytest.mark.parametrize("where", ["headers", "secret_headers"])
async def test_a_cookie_of_the_settings_stays_with_its_origin(where: str) -> None:
    given = (("Cookie", "a=1; b=ü; c=3"),)
    async with Enclosure([[answer()]]).open() as other:
        away = f"http://127.0.0.1:{other.port}/".encode()
        hops = [[redirect(b"/1")], [redirect(b"/2", b"Set-Cookie: b=new")], [redirect(away)]]
        async with Enclosure(hops).open() as first:
            await ask(first, **{where: given})
    cookies = [sent(request).get("cookie") for request in (*first.requests, *other.requests)]
    # Cookies know hosts and no ports (RFC 6265, 8.5), so what a server sets goes along.
    assert cookies == ["a=1; b=ü; c=3", "a=1; b=ü; c=3", "a=1; c=3; b=new", "b=new"]


async def test_a_password_in_a_location_is_neither_sent_nor_told() -> None:
    async with Enclosure([[answer()]]).open() as other:
        away = f"http://ada:l%40ve@127.0.0.1:{other.port}/in"
        async with Enclosure([[redirect(away.encode())]]).open() as first:
            followed = await ask(first)
            left = await ask(first, follow_redirects=False)
    shown = f"http://127.0.0.1:{other.port}/in"
    assert followed.redirects == (shown,)
    assert not {"authorization", "cookie"} & set(sent(other.requests[0]))
    assert sent(other.requests[0])["host"] == f"127.0.0.1:{other.port}"
    assert left.response is not None
    assert left.response.header("Location") == shown


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("http://ada:pw@a..b/@x?y@z", "http://a..b/@x?y@z"),
        ("http://ada:p@w@a..b/", "http://a..b/"),
        ("//ada:pw@a..b", "//a..b"),
        ("http:\\\\ada:pw@a..b", "http://a..b"),
        ("ftp://ada:pw@a.example/", "ftp://a.example/"),
        ("http://a..b/?next=http://c:d@e/", "http://a..b/?next=http://c:d@e/"),
    ],
)
async def test_nor_is_one_in_a_location_that_cannot_be_followed(location: str, shown: str) -> None:
    async with Enclosure([[redirect(location.encode())]]).open() as enclosure:
        seen = await ask(enclosure)
    assert seen.failure is not None
    assert seen.failure.facts["url"] == shown
