"""Servers that answer something else: another status, or another place."""

from monitors.domain.reasons import Reason
from monitors.tests.zoo import HANG, answer, redirect

from .animal import down

STATUS = [
    down(
        "not-found",
        Reason.HTTP_STATUS,
        "404 Not Found (expected 200-299)",
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
    down("redirect-loop", Reason.REDIRECT, "redirect loop", says=[[redirect(b"/")]]),
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
        "169.254.169.254 is not an allowed address",
        says=[[redirect(b"http://169.254.169.254/latest/meta-data/")]],
    ),
    down(
        "redirect-to-mapped-metadata",
        Reason.BLOCKED,
        "is not an allowed address",
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
