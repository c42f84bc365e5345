"""Servers that are up, some of them barely."""

import gzip
import zlib

from monitors.domain.reasons import Reason
from monitors.domain.spec import StatusRanges
from monitors.tests.zoo import HANG, Again, Authorities, Wait, answer, redirect

from .animal import BIG, DEGRADED, HEAD, ZIPPED, Animal, up

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
    up("folded-header", [HEAD + b"X-A: one\r\n two\r\nContent-Length: 2\r\n\r\nok", HANG]),
    up("control-character-in-a-header", [answer(b"ok", b"X-A: o\x01e"), HANG]),
    up("space-before-a-colon", [answer(b"ok", b"X-A : one"), HANG]),
    up("space-in-a-header-name", [answer(b"ok", b"X A: one"), HANG]),
    up("same-length-twice", [answer(b"ok", b"Content-Length: 2"), HANG]),
    up("same-length-in-one-header", [HEAD + b"Content-Length: 2, 2\r\n\r\nok", HANG]),
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
        "expired-unverified",
        [answer()],
        tls=Authorities.expired,
        spec={"verify_tls": False},
    ),
    up(
        "certificate-ends-soon-and-nobody-minds",
        [answer()],
        tls=lambda a: a.good(days_left=9),
        spec={"tls_expiry_warn_days": 0},
    ),
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
