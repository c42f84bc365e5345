"""Every sentence, written out with its facts."""

from typing import Any

import pytest

from monitors.domain.reasons import Failure, Fault, Reason

WHERE = {"address": "192.0.2.7", "port": 443}
OK = {"answer": "200 OK"}
LATE = {"timeout_s": 5.0, "host": "a.example", "size": "1,234"} | WHERE

SENTENCES: dict[Fault, tuple[dict[str, Any], str]] = {
    Fault.TIMEOUT_DNS: (LATE, "no answer within 5 s: still looking up a.example"),
    Fault.TIMEOUT_CONNECT: (
        LATE,
        "no answer within 5 s: 192.0.2.7 port 443 did not accept the connection",
    ),
    Fault.TIMEOUT_CONNECT_ALL: (
        {"timeout_s": 5.0, "tried": 3, "host": "a.example", "port": 443},
        (
            "no answer within 5 s: none of 3 addresses of a.example "
            "accepted a connection to port 443"
        ),
    ),
    Fault.TIMEOUT_TLS: (
        LATE,
        "no answer within 5 s: 192.0.2.7 port 443 did not finish the TLS handshake",
    ),
    Fault.TIMEOUT_WAIT: (
        LATE,
        (
            "no answer within 5 s: connected to 192.0.2.7 port 443, "
            "which did not send a complete response header"
        ),
    ),
    Fault.TIMEOUT_TRANSFER: (
        LATE,
        "no complete answer within 5 s: the body had not ended after 1,234 bytes",
    ),
    Fault.HOST_UNKNOWN: ({"host": "a.example"}, "the name a.example does not exist in DNS"),
    Fault.HOST_WITHOUT_ADDRESS: (
        {"host": "a.example"},
        "the name a.example exists in DNS but has no address",
    ),
    Fault.DNS_FAILED: (
        {"host": "a.example", "detail": "server failed"},
        "looking up a.example failed: server failed",
    ),
    Fault.REFUSED: (WHERE, "connection refused by 192.0.2.7 port 443"),
    Fault.UNREACHABLE: (
        WHERE | {"detail": "no route to host"},
        "no route to 192.0.2.7 port 443: no route to host",
    ),
    Fault.CONNECT_FAILED: (
        WHERE | {"detail": "connection timed out"},
        "could not connect to 192.0.2.7 port 443: connection timed out",
    ),
    Fault.TLS_EXPIRED: (
        {"which": "certificate", "host": "a.example", "when": "expired 3 days ago"},
        "certificate of a.example expired 3 days ago",
    ),
    Fault.TLS_NOT_YET_VALID: (
        {"which": "certificate", "host": "a.example", "moment": "2026-03-01 12:00 UTC"},
        "certificate of a.example is not valid before 2026-03-01 12:00 UTC",
    ),
    Fault.TLS_WRONG_HOST: (
        {"host": "a.example", "names": "b.example"},
        "certificate is for b.example, not for a.example",
    ),
    Fault.TLS_SELF_SIGNED: ({"host": "a.example"}, "certificate of a.example is self-signed"),
    Fault.TLS_UNTRUSTED: (
        {"host": "a.example", "detail": "unable to get local issuer certificate"},
        ("certificate of a.example is not trusted: unable to get local issuer certificate"),
    ),
    Fault.TLS_NOT_TLS: (WHERE, "192.0.2.7 port 443 does not speak TLS"),
    Fault.TLS_FAILED: (
        WHERE | {"detail": "no shared cipher"},
        "TLS handshake with 192.0.2.7 port 443 failed: no shared cipher",
    ),
    Fault.TLS_CLOSED: (
        WHERE,
        "192.0.2.7 port 443 closed the connection during the TLS handshake",
    ),
    Fault.TLS_CLIENT_WANTED: (
        WHERE | {"detail": ""},
        "192.0.2.7 port 443 requires a client certificate",
    ),
    Fault.TLS_CLIENT_REFUSED: (
        WHERE | {"detail": "it has expired"},
        "192.0.2.7 port 443 refused the client certificate: it has expired",
    ),
    Fault.TLS_EXPIRES_SOON: (
        OK | {"which": "certificate", "when": "expires in 9 days"},
        "200 OK; certificate expires in 9 days",
    ),
    Fault.CLOSED_EARLY: (
        WHERE,
        "192.0.2.7 port 443 closed the connection without sending a response",
    ),
    Fault.RESET: (
        WHERE | {"when": "after the request"},
        "192.0.2.7 port 443 reset the connection after the request",
    ),
    Fault.INCOMPLETE_BODY: (
        {"size": "3"},
        "the connection closed in the middle of the body, after 3 bytes",
    ),
    Fault.NOT_HTTP: (
        WHERE | {"detail": "it begins with “SSH-2.0”"},
        "the answer of 192.0.2.7 port 443 is not HTTP: it begins with “SSH-2.0”",
    ),
    Fault.BAD_ENCODING: (
        {"encoding": "gzip", "detail": "it ends too early"},
        "the body could not be decoded as gzip: it ends too early",
    ),
    Fault.HEADERS_TOO_LARGE: ({"limit": "64 KiB"}, "the response header is larger than 64 KiB"),
    Fault.TOO_MANY_REDIRECTS: (
        {"limit": 10, "url": "http://a.example/11"},
        "more than 10 redirects, the last one to http://a.example/11",
    ),
    Fault.REDIRECT_LOOP: (
        {"url": "http://a.example/"},
        "redirect loop: back to http://a.example/",
    ),
    Fault.REDIRECT_BAD: (
        {"url": "file:///etc", "detail": "only http and https can be"},
        "redirected to file:///etc, which cannot be followed: only http and https can be",
    ),
    Fault.UNEXPECTED_STATUS: (
        {"answer": "404 Not Found", "expected": "200-299"},
        "404 Not Found (expected 200-299)",
    ),
    Fault.KEYWORD_MISSING: (
        OK | {"keyword": "well", "found": "; it is empty"},
        "200 OK, but the body does not contain “well”; it is empty",
    ),
    Fault.KEYWORD_PRESENT: (
        OK | {"keyword": "error"},
        "200 OK, but the body contains “error”, which must not be there",
    ),
    Fault.PATTERN_MISSING: (
        OK | {"pattern": "a+", "found": "; it is empty"},
        "200 OK, but nothing in the body matches a+; it is empty",
    ),
    Fault.HEADER_MISSING: (OK | {"name": "X-A"}, "200 OK, but there is no header X-A"),
    Fault.HEADER_DIFFERS: (
        OK | {"name": "X-A", "found": "b", "expected": "c"},
        "200 OK, but the header X-A is “b”, expected “c”",
    ),
    Fault.NOT_JSON: (
        OK | {"found": "; it is empty"},
        "200 OK, but the body is not JSON; it is empty",
    ),
    Fault.JSON_PATH_MISSING: (
        OK | {"path": "$.a"},
        "200 OK, but $.a is missing from the JSON body",
    ),
    Fault.JSON_DIFFERS: (
        OK | {"path": "$.a", "found": "1", "among": "", "comparison": "==", "expected": "2"},
        "200 OK, but $.a is 1, expected == 2",
    ),
    Fault.TOO_LARGE: (
        OK | {"limit": "1,048,576 bytes"},
        "200 OK, but the first 1,048,576 bytes of the body were not enough to judge it",
    ),
    Fault.PATTERN_TOO_MUCH_WORK: (
        OK | {"pattern": "a{900}"},
        "200 OK, but a{900} takes more work on a body of this size than a check may do",
    ),
    Fault.JSON_TOO_LARGE: (OK, "200 OK, but the JSON is larger than the 8 MiB it may have"),
    Fault.JSON_TOO_DEEP: (
        OK,
        "200 OK, but the body is not JSON that can be read: it is nested too deeply",
    ),
    Fault.JSON_TOO_MUCH_WORK: (
        OK | {"path": "$..*"},
        "200 OK, but $..* takes more work on this body than a check may do: be more exact",
    ),
    Fault.BLOCKED: (
        {"host": "a.example", "address": "169.254.169.254"},
        "a.example resolves to 169.254.169.254, which is not allowed",
    ),
    Fault.BLOCKED_ADDRESS: (
        {"address": "169.254.169.254"},
        "169.254.169.254 is not an allowed address",
    ),
    Fault.SLOW: (
        OK | {"elapsed_ms": 912.4, "limit_ms": 500.0},
        "200 OK after 912 ms, slower than 500 ms",
    ),
    Fault.INTERNAL: (
        {"detail": "KeyError"},
        "the check itself failed (KeyError); the service was not judged",
    ),
    Fault.SET_ASIDE: (
        {},
        "not checked: this check froze the checker, and is not run until its settings change",
    ),
    Fault.UNREADABLE: (
        {"detail": "“2xx” is not a status code or a range like 200-299"},
        "not checked: “2xx” is not a status code or a range like 200-299",
    ),
    Fault.NO_SOCKET: (
        {"detail": "too many open files"},
        "the checker cannot open a connection: too many open files",
    ),
    Fault.NO_WAY_OUT: (
        WHERE | {"detail": "network is unreachable"},
        "the checker's own machine has no route to 192.0.2.7 port 443: network is unreachable",
    ),
    Fault.NO_NAME_SERVER: (
        {"detail": "could not contact DNS servers"},
        (
            "the name server that the checker's own machine uses does not answer: "
            "could not contact DNS servers"
        ),
    ),
    Fault.NOT_STORED: (
        {"detail": "DataError"},
        "the database does not take what this check found: DataError",
    ),
    Fault.CUT_OFF: (
        {"otherwise": "connection refused by 192.0.2.7 port 443"},
        (
            "the monitor itself seems to be cut off: no canary answered "
            "(connection refused by 192.0.2.7 port 443)"
        ),
    ),
    Fault.NAMES_CUT_OFF: (
        {"otherwise": "looking up a.example failed: timeout"},
        (
            "the monitor itself seems to be cut off from its name server: "
            "no canary was found by its name (looking up a.example failed: timeout)"
        ),
    ),
    Fault.STALLED: (
        {"stalled_s": 1.25, "otherwise": "no answer within 1 s: still looking up a.example"},
        (
            "the checker itself was stalled for 1.2 s of this check: "
            "no answer within 1 s: still looking up a.example"
        ),
    ),
}


@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name)
def test_sentence(fault: Fault) -> None:
    facts, sentence = SENTENCES[fault]
    assert Failure(fault, facts).message == sentence


def test_every_reason_but_ok_has_a_fault() -> None:
    assert {fault.reason for fault in Fault} == set(Reason) - {Reason.OK}
