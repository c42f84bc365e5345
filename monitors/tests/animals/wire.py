"""Servers that are late, or that speak no HTTP."""

import gzip

from monitors.domain.reasons import Reason
from monitors.tests.zoo import HANG, RESET, Again, Authorities, Wait, answer, redirect

from .animal import BIG, HEAD, ZIPPED, down, late

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
