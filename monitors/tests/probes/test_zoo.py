"""One server a way of failing: its verdict, its reason, its words, and the time it may take."""

import gzip
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from monitors.domain.reasons import Reason
from monitors.domain.result import CheckResult, Status
from monitors.domain.spec import CheckSpec, StatusRanges
from monitors.domain.verdict import judge
from monitors.probes import observe
from monitors.tests.zoo import (
    HANG,
    RESET,
    Again,
    Authorities,
    Enclosure,
    Script,
    Wait,
    answer,
    redirect,
)

TIMEOUT_S = 0.4
OVERTIME_S = 0.2
QUICK_S = 0.35
VISITS = 3
UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN
BIG = b"x" * 65_536


@dataclass(frozen=True)
class Animal:
    """A server, what is asked of it, and what is to come out."""

    name: str
    scripts: Sequence[Script]
    status: Status
    reason: Reason
    words: tuple[str, ...]
    within_s: float = QUICK_S
    spec: dict[str, Any] = field(default_factory=dict)
    tls: Callable[[Authorities], Any] | None = None
    scheme: str = ""
    speaks_first: bool = False


def up(name: str, *scripts: Script, words: str = "200 OK", **more: Any) -> Animal:
    return Animal(name, list(scripts), UP, Reason.OK, (words,), **more)


def down(name: str, reason: Reason, *words: str, says: Any = (), **more: Any) -> Animal:
    scripts = says if isinstance(says, list) else [says]
    return Animal(name, scripts, DOWN, reason, words, **more)


def late(name: str, *words: str, says: Script, **more: Any) -> Animal:
    within_s = TIMEOUT_S + OVERTIME_S
    return down(
        name, Reason.TIMEOUT, "within 0.4 s", *words, says=[says], within_s=within_s, **more
    )


HEAD = b"HTTP/1.1 200 OK\r\n"
ZIPPED = b"Content-Encoding: gzip"

GOOD = [
    up("length", [answer()]),
    up("chunked", [HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"]),
    up("until-close", [HEAD + b"\r\n", b"all of it"]),
    up("http-1.0", [b"HTTP/1.0 200 OK\r\n\r\nok"]),
    up("byte-by-byte", [*(bytes([byte]) for byte in answer())]),
    up("keeps-the-connection", [answer(b"ok", b"Connection: keep-alive"), HANG]),
    up("no-content", [b"HTTP/1.1 204 No Content\r\n\r\n", HANG], words="204 No Content"),
    up("no-phrase", [b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"]),
    up("own-phrase", [answer(status=b"200 Fine By Me")], words="200 Fine By Me"),
    up("odd-header-case", [HEAD + b"cOnTeNt-lEnGtH:   2   \r\n\r\nok", HANG]),
    up("bare-line-feeds", [b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"]),
    up(
        "length-and-chunks",
        [HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2 \r\nok\r\n0\r\n\r\n"],
    ),
    up("continue-first", [b"HTTP/1.1 100 Continue\r\n\r\n", answer()]),
    up("early-hints-first", [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer()]),
    up("many-cookies", [answer(b"ok", *[b"Set-Cookie: a=" + b"b" * 4_000] * 14)]),
    up("more-body-than-length", [answer(b"ok") + b"and more"]),
    up("gzip", [answer(gzip.compress(b"ok"), ZIPPED)], spec={"keyword": "ok"}),
    up("deflate", [answer(zlib.compress(b"ok"), b"Content-Encoding: deflate")]),
    up("raw-deflate", [answer(zlib.compress(b"ok")[2:-4], b"Content-Encoding: deflate")]),
    up("unknown-encoding", [answer(b"??", b"Content-Encoding: br")]),
    up("head", [HEAD + b"Content-Length: 1000\r\n\r\n", HANG], spec={"method": "HEAD"}),
    up("endless-body", [HEAD + b"\r\n", Again(BIG)], within_s=2, spec={"timeout_s": 5.0}),
    up(
        "gzip-bomb",
        [answer(gzip.compress(bytes(200_000_000), 9), ZIPPED)],
        within_s=2,
        spec={"timeout_s": 5.0},
    ),
    up("answers-before-it-is-asked", [answer(), Wait(0.05)], speaks_first=True),
    up(
        "status-accepted",
        [answer(status=b"418 Teapot")],
        words="418 Teapot",
        spec={"expected_status": StatusRanges.parse("200-299, 418")},
    ),
    up("redirect", [redirect(b"/next")], [answer()]),
    up("redirect-chain", [redirect(b"a")], [redirect(b"/b", status=b"308 x")], [answer()]),
    up("redirect-sets-cookie-and-returns", [redirect(b"/", b"Set-Cookie: in=1")], [answer()]),
    up("tls", [answer()], tls=Authorities.good),
    up(
        "self-signed-unverified",
        [answer()],
        tls=Authorities.of_another_authority,
        spec={"verify_tls": False},
    ),
    up("keyword", [answer(b"<p>All is well</p>")], spec={"keyword": "is well"}),
    up(
        "json",
        [answer(b'{"a": {"b": [1, "up"]}}')],
        spec={"json_path": "$.a.b[1]", "json_expected": "up"},
    ),
]

WEAK = [
    Animal(
        "slow",
        [[Wait(0.1), answer()]],
        DEGRADED,
        Reason.SLOW,
        ("200 OK after ", "slower than 50 ms"),
        spec={"degraded_after_ms": 50.0},
    ),
    Animal(
        "certificate-ends-soon",
        [[answer()]],
        DEGRADED,
        Reason.TLS,
        ("200 OK; certificate expires in 8 days",),
        tls=lambda a: a.good(days_left=9),
    ),
]

STATUS = [
    down(
        "not-found",
        Reason.HTTP_STATUS,
        "404 Not Found, where 200-299 was expected",
        says=[[answer(status=b"404 Not Found")]],
    ),
    down("server-error", Reason.HTTP_STATUS, "500 Oops", says=[[answer(status=b"500 Oops")]]),
    down(
        "overloaded", Reason.HTTP_STATUS, "503", says=[[answer(status=b"503 Service Unavailable")]]
    ),
    down(
        "rate-limited", Reason.HTTP_STATUS, "429 Too Many Requests", says=[[answer(status=b"429")]]
    ),
    down(
        "captive-portal",
        Reason.HTTP_STATUS,
        "511 Network Authentication Required",
        says=[[answer(status=b"511")]],
    ),
    down(
        "not-modified",
        Reason.HTTP_STATUS,
        "304 Not Modified",
        says=[[b"HTTP/1.1 304 Not Modified\r\n\r\n", HANG]],
    ),
    down(
        "switches-protocols",
        Reason.HTTP_STATUS,
        "101 Switching Protocols",
        says=[
            [
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nzzz",
                HANG,
            ]
        ],
    ),
    down("status-999", Reason.HTTP_STATUS, "999", says=[[answer(status=b"999 Request denied")]]),
    down(
        "redirect-without-location", Reason.HTTP_STATUS, "302", says=[[answer(status=b"302 Found")]]
    ),
    down(
        "redirect-not-followed",
        Reason.HTTP_STATUS,
        "301",
        spec={"follow_redirects": False},
        says=[[redirect(b"/x", status=b"301 Moved Permanently")]],
    ),
]

REDIRECTS = [
    down("redirect-loop", Reason.REDIRECT, "in a circle", says=[[redirect(b"/")]]),
    down(
        "redirects-for-ever",
        Reason.REDIRECT,
        "more than 10 redirects",
        says=[[redirect(b"/%d" % number)] for number in range(20)],
    ),
    down(
        "redirect-to-file",
        Reason.REDIRECT,
        "file:///etc/passwd",
        "only http and https",
        says=[[redirect(b"file:///etc/passwd")]],
    ),
    down(
        "redirect-to-script",
        Reason.REDIRECT,
        "only http and https",
        says=[[redirect(b"javascript:alert(1)")]],
    ),
    down(
        "redirect-to-nonsense",
        Reason.REDIRECT,
        "cannot be followed",
        says=[[redirect(b"http://[::bad/")]],
    ),
    down(
        "redirect-to-metadata",
        Reason.BLOCKED,
        "169.254.169.254",
        "may not be contacted",
        says=[[redirect(b"http://169.254.169.254/latest/meta-data/")]],
    ),
    down(
        "redirect-to-mapped-metadata",
        Reason.BLOCKED,
        "may not be contacted",
        says=[[redirect(b"http://[::ffff:169.254.169.254]/")]],
    ),
    down(
        "redirect-to-unknown-name",
        Reason.DNS,
        "nowhere.invalid",
        "does not exist",
        says=[[redirect(b"http://nowhere.invalid/")]],
        within_s=2,
        spec={"timeout_s": 5.0},
    ),
]

LATE = [
    late("never-answers", "did not send a complete response header", says=[HANG]),
    late(
        "drips-its-header",
        "did not send a complete response header",
        says=[HEAD, Again(b"X", 0.02)],
    ),
    late(
        "drips-its-body",
        "the body had not ended after",
        says=[HEAD + b"Content-Length: 1000\r\n\r\n", Again(b"x", 0.02)],
    ),
    late(
        "stops-in-its-body",
        "the body had not ended after 3 bytes",
        says=[HEAD + b"Content-Length: 1000\r\n\r\nabc", HANG],
    ),
    late(
        "stops-between-chunks",
        "the body had not ended",
        says=[HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", HANG],
    ),
    late(
        "stalls-its-handshake",
        "did not finish the TLS handshake",
        says=[HANG],
        scheme="https",
        speaks_first=True,
    ),
    late("slow-in-the-middle-of-redirects", "did not send", says=[Wait(0.25), redirect(b"/a")]),
]

PROTOCOL = [
    down("closes-at-once", Reason.PROTOCOL, "closed the connection without sending a response"),
    down("resets-at-once", Reason.PROTOCOL, "reset the connection", says=[[RESET]]),
    down(
        "closes-in-its-header",
        Reason.PROTOCOL,
        "ended in the middle of the header",
        says=[[HEAD + b"Content-"]],
    ),
    down(
        "closes-in-its-body",
        Reason.PROTOCOL,
        "in the middle of the body, after 3 bytes",
        says=[[HEAD + b"Content-Length: 10\r\n\r\nabc"]],
    ),
    down(
        "closes-between-chunks",
        Reason.PROTOCOL,
        "in the middle of the body",
        says=[[HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"]],
    ),
    down(
        "resets-in-its-body",
        Reason.PROTOCOL,
        "in the middle of the body",
        says=[[HEAD + b"\r\nabc", Wait(0.05), RESET]],
    ),
    down(
        "bad-chunks",
        Reason.PROTOCOL,
        "is not HTTP",
        "framing",
        says=[[HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"]],
    ),
    down(
        "ssh",
        Reason.PROTOCOL,
        "it begins with “SSH-2.0-OpenSSH_9.2”",
        speaks_first=True,
        says=[[b"SSH-2.0-OpenSSH_9.2\r\n", HANG]],
    ),
    down(
        "smtp",
        Reason.PROTOCOL,
        "it begins with “220 mail ESMTP”",
        speaks_first=True,
        says=[[b"220 mail ESMTP\r\n", HANG]],
    ),
    down("http-0.9", Reason.PROTOCOL, "it begins with “<html>hello”", says=[[b"<html>hello"]]),
    down(
        "http-2",
        Reason.PROTOCOL,
        "is not HTTP",
        says=[[b"\x00\x00\x12\x04\x00\x00\x00\x00\x00", HANG]],
    ),
    down("null-bytes", Reason.PROTOCOL, "is not HTTP", says=[[bytes(100)]]),
    down("garbage", Reason.PROTOCOL, "is not HTTP", says=[[bytes(range(128, 256))]]),
    down("no-status-code", Reason.PROTOCOL, "is not HTTP", says=[[b"HTTP/1.1 OK\r\n\r\n"]]),
    down("future-version", Reason.PROTOCOL, "is not HTTP", says=[[b"HTTP/7.3 200 OK\r\n\r\n"]]),
    down(
        "two-lengths",
        Reason.PROTOCOL,
        "is not HTTP",
        says=[[HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok"]],
    ),
    down(
        "negative-length",
        Reason.PROTOCOL,
        "is not HTTP",
        says=[[HEAD + b"Content-Length: -1\r\n\r\nok"]],
    ),
    down(
        "endless-header",
        Reason.PROTOCOL,
        "header is larger than 64 KiB",
        within_s=1,
        says=[[HEAD, Again(b"X-Filler: " + b"y" * 8_000 + b"\r\n")]],
    ),
    down(
        "one-huge-header",
        Reason.PROTOCOL,
        "header is larger than 64 KiB",
        within_s=1,
        says=[[HEAD + b"X: ", Again(BIG)]],
    ),
    down(
        "endless-continue",
        Reason.PROTOCOL,
        "header is larger than 64 KiB",
        within_s=1,
        says=[[Again(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)]],
    ),
    down(
        "bad-gzip",
        Reason.PROTOCOL,
        "could not be decoded as gzip",
        says=[[answer(b"this is no gzip", ZIPPED)]],
    ),
    down(
        "cut-gzip",
        Reason.PROTOCOL,
        "could not be decoded as gzip: it ends too early",
        says=[[answer(gzip.compress(b"hello " * 100)[:-12], ZIPPED)]],
    ),
    down("tls-on-a-plain-port", Reason.PROTOCOL, "port", tls=Authorities.good, scheme="http"),
]

TLS = [
    down(
        "expired",
        Reason.TLS,
        "certificate of 127.0.0.1 expired 3 days ago",
        tls=Authorities.expired,
    ),
    down("not-yet-valid", Reason.TLS, "is not valid before", tls=Authorities.not_yet_valid),
    down(
        "other-host",
        Reason.TLS,
        "certificate is for other.example, www.other.example, not for 127.0.0.1",
        tls=Authorities.of_another_host,
    ),
    down(
        "unknown-authority",
        Reason.TLS,
        "not from a trusted authority",
        tls=Authorities.of_another_authority,
    ),
    down(
        "wants-a-client-certificate",
        Reason.TLS,
        "TLS handshake",
        tls=Authorities.wants_a_client_certificate,
    ),
    down(
        "plain-on-a-tls-port",
        Reason.TLS,
        "does not speak TLS",
        scheme="https",
        says=[[answer(status=b"400 Bad Request")]],
        speaks_first=True,
    ),
    down(
        "closes-in-the-handshake",
        Reason.TLS,
        "closed the connection during the TLS handshake",
        scheme="https",
        says=[[b""]],
        speaks_first=True,
    ),
    down(
        "resets-in-the-handshake",
        Reason.TLS,
        "closed the connection during the TLS handshake",
        scheme="https",
        says=[[RESET]],
        speaks_first=True,
    ),
]

CONTENT = [
    down(
        "keyword-missing",
        Reason.CONTENT,
        "does not contain “well”",
        "it begins with “Sign in to Wi-Fi”",
        spec={"keyword": "well"},
        says=[[answer(b"<html><title>Sign in</title> to Wi-Fi<script>x()</script>")]],
    ),
    down(
        "keyword-in-an-empty-body",
        Reason.CONTENT,
        "it is empty",
        spec={"keyword": "well"},
        says=[[answer(b"")]],
    ),
    down(
        "keyword-that-must-not-be",
        Reason.CONTENT,
        "contains “error”, which must not be there",
        spec={"keyword_absent": "error"},
        says=[[answer(b"an error happened")]],
    ),
    down(
        "not-json",
        Reason.CONTENT,
        "is not JSON; it begins with “oops”",
        spec={"json_path": "$.a"},
        says=[[answer(b"oops")]],
    ),
    down(
        "json-without-it",
        Reason.CONTENT,
        "nothing stands at $.b",
        spec={"json_path": "$.b"},
        says=[[answer(b'{"a": 1}')]],
    ),
    down(
        "json-differs",
        Reason.CONTENT,
        "$.a is 1, where == 2 was expected",
        spec={"json_path": "$.a", "json_expected": "2"},
        says=[[answer(b'{"a": 1}')]],
    ),
    down(
        "json-too-deep",
        Reason.CONTENT,
        "is not JSON",
        spec={"json_path": "$.a"},
        says=[[answer(b"[" * 200_000)]],
    ),
    down(
        "keyword-behind-the-limit",
        Reason.TOO_LARGE,
        "the first 1,048,576 bytes",
        spec={"keyword": "well", "timeout_s": 5.0},
        within_s=2,
        says=[[HEAD + b"\r\n", Again(BIG)]],
    ),
]

ANIMALS = [*GOOD, *WEAK, *STATUS, *REDIRECTS, *LATE, *PROTOCOL, *TLS, *CONTENT]


async def visit(animal: Animal, authorities: Authorities) -> tuple[CheckResult, float]:
    tls = animal.tls(authorities) if animal.tls else None
    scheme = animal.scheme or ("https" if tls else "http")
    enclosure = Enclosure(animal.scripts, tls, animal.speaks_first)
    async with enclosure.open():
        url = f"{scheme}://127.0.0.1:{enclosure.port}/"
        spec = CheckSpec(url, **({"timeout_s": TIMEOUT_S} | animal.spec))
        began = time.perf_counter()
        observation = await observe(spec)
        took = time.perf_counter() - began
    return judge(spec, observation), took


@pytest.mark.parametrize("animal", ANIMALS, ids=lambda animal: animal.name)
async def test_verdict(animal: Animal, authorities: Authorities) -> None:
    took: list[float] = []
    # A check that cannot keep its time never does; a machine that stalls for a moment does not
    # stall three times. The verdict has to be right each time.
    while not took or (took[-1] >= animal.within_s and len(took) < VISITS):
        result, seconds = await visit(animal, authorities)
        took.append(seconds)
        assert (result.status, result.reason) == (animal.status, animal.reason), result.message
        for words in animal.words:
            assert words in result.message
    assert took[-1] < animal.within_s


def test_the_zoo_is_large_and_every_animal_has_its_own_name() -> None:
    names = [animal.name for animal in ANIMALS]
    assert len(set(names)) == len(names) >= 40
