"""Rules that the zoo does not meet: what the clock, the lag and the settings change."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitors.domain.assertions import takes_long
from monitors.domain.observation import Certificate, Issuer, Observation, Phases, Response
from monitors.domain.patterns import parse_pattern
from monitors.domain.reasons import Failure, Fault, Reason
from monitors.domain.result import Status
from monitors.domain.spec import BadSetting, CheckSpec, StatusRanges
from monitors.domain.verdict import judge
from monitors.tests.clock import NOON

from .test_reasons import SENTENCES


def seen(body: bytes = b"", **values: Any) -> Observation:
    headers = values.pop("headers", (("Content-Type", "text/plain"),))
    response = Response(200, "OK", headers, body, body_complete=values.pop("complete", True))
    return Observation(NOON, values.pop("phases", Phases(wait_ms=100)), response, **values)


def verdict(observation: Observation, **settings: Any) -> tuple[Status, str]:
    result = judge(CheckSpec("http://a.example/", **settings), observation)
    return result.status, result.message


OK = (Status.UP, "200 OK")


def valid_for(days: float, *issuers: Issuer) -> Certificate:
    since = NOON - timedelta(days=90)
    return Certificate("CA", ("a.example",), since, NOON + timedelta(days=days), issuers)


def test_time_in_which_our_loop_was_late_is_not_the_targets() -> None:
    slow = Phases(wait_ms=600)
    degraded = (Status.DEGRADED, "200 OK after 600 ms, slower than 500 ms")
    assert verdict(seen(phases=slow), degraded_after_ms=500.0) == degraded
    assert verdict(seen(phases=slow, loop_lag_ms=150.0), degraded_after_ms=500.0) == OK


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (15, OK),
        (14, (Status.DEGRADED, "200 OK; certificate expires in 14 days")),
        (0.5, (Status.DEGRADED, "200 OK; certificate expires in 12 hours")),
        # It expired between the handshake and now, or our clock was set.
        (0, (Status.DEGRADED, "200 OK; certificate expired 1 second ago")),
        (-3, (Status.DEGRADED, "200 OK; certificate expired 3 days ago")),
    ],
)
def test_a_certificate_that_ends_soon_degrades(days: float, found: tuple[Status, str]) -> None:
    assert verdict(seen(certificate=valid_for(days))) == found


@pytest.mark.parametrize("days", [-3, 0, 5])
@pytest.mark.parametrize("given", [{"verify_tls": False}, {"tls_expiry_warn_days": 0}])
def test_who_does_not_care_for_certificates_is_not_warned(
    days: float, given: dict[str, Any]
) -> None:
    assert verdict(seen(certificate=valid_for(days)), **given) == OK


@pytest.mark.parametrize(
    ("leaf", "above", "which"),
    [
        (9, {"R11": 5}, "intermediate certificate “R11” expires in 5 days"),
        (5, {"R11": 9}, "certificate expires in 5 days"),
        (5, {"R11": 5}, "certificate expires in 5 days"),
        (60, {"R11": 5, "E1": 4, "X1": 300}, "intermediate certificate “E1” expires in 4 days"),
        (60, {"R11": 90, "X1": 5}, "root certificate “X1” expires in 5 days"),
        (60, {"R11": 90, "X1": 300}, None),
    ],
)
def test_the_certificate_of_the_chain_that_expires_first_is_named(
    leaf: float, above: dict[str, float], which: str | None
) -> None:
    issuers = [
        Issuer(name, name.startswith("X"), NOON, NOON + timedelta(days=days))
        for name, days in above.items()
    ]
    found = verdict(seen(certificate=valid_for(leaf, *issuers)))
    assert found == ((Status.DEGRADED, f"200 OK; {which}") if which else OK)


def test_a_regular_expression_must_match_somewhere() -> None:
    assert verdict(seen(b"Status: FINE"), pattern=r"(?i)status: (ok|fine)") == OK
    assert verdict(seen(b"Status: bad"), pattern=r"(?i)status: (ok|fine)") == (
        Status.DOWN,
        (
            "200 OK, but nothing in the body matches (?i)status: (ok|fine)"
            "; it begins with “Status: bad”"
        ),
    )


def test_a_regular_expression_cannot_backtrack() -> None:
    status, _ = verdict(seen(b"a" * 100_000 + b"!"), pattern="(a+)+$")
    assert status is Status.DOWN


@pytest.mark.parametrize("text", ["(", "*", "(?=x)", r"\1"])
def test_a_wrong_regular_expression_is_refused(text: str) -> None:
    with pytest.raises(BadSetting, match="is not a regular expression"):
        parse_pattern(text)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("content-type", OK),
        ("Content-Type: plain", OK),
        ("X-Cache", (Status.DOWN, "200 OK, but there is no header X-Cache")),
        (
            "Content-Type: json",
            (
                Status.DOWN,
                "200 OK, but the header Content-Type is “text/plain”, expected “json”",
            ),
        ),
    ],
)
def test_a_response_header(wanted: str, found: tuple[Status, str]) -> None:
    assert verdict(seen(), response_header=wanted) == found


@pytest.mark.parametrize(
    ("charset", "body"), [("latin-1", b"gr\xfc\xdfe"), ("utf-8", "grüße".encode()), ("x", b"gr")]
)
def test_the_body_is_read_in_its_charset(charset: str, body: bytes) -> None:
    headers = (("Content-Type", f"text/html; charset={charset}"),)
    assert (
        verdict(
            seen(body, headers=headers), keyword=body.decode(charset if charset != "x" else "utf-8")
        )
        == OK
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_json_may_be_in_any_utf(encoding: str) -> None:
    body = '{"a": "grüße"}'.encode(encoding)
    assert verdict(seen(body), json_path="$.a", json_expected="grüße") == OK


def test_json_in_another_charset_is_read_in_that() -> None:
    headers = (("Content-Type", "application/json; charset=latin-1"),)
    body = '{"a": "grüße"}'.encode("latin-1")
    assert verdict(seen(body, headers=headers), json_path="$.a", json_expected="grüße") == OK


@pytest.mark.parametrize(
    "body", [b"<" * 500_000, b"<a" * 200_000, b"<script>" * 60_000, b"[" * 500_000], ids=len
)
def test_no_body_takes_long_to_judge(body: bytes) -> None:
    began = time.process_time()
    for settings in ({"keyword": "x y"}, {"pattern": "x y"}, {"json_path": "$..a"}):
        assert verdict(seen(body), **settings)[0] is Status.DOWN
    assert time.process_time() - began < 1


LARGE = "((a{0,30}){0,30})b"


@pytest.mark.parametrize("text", [r"(?:\pL{1,20}){1,9}", "((a|b|ab|ba){1,100}){1,9}z"])
def test_a_regular_expression_of_much_work_is_refused(text: str) -> None:
    with pytest.raises(BadSetting):
        parse_pattern(text)


def test_one_that_would_take_long_on_a_body_is_not_run_on_it() -> None:
    began = time.process_time()
    result = judge(CheckSpec("http://a.example/", pattern=LARGE), seen(b"a" * 8_000_000))
    assert (result.reason, time.process_time() - began < 1) == (Reason.TOO_LARGE, True)


@pytest.mark.parametrize(
    ("size", "given", "is_long"),
    [
        (1_000, {"pattern": LARGE}, False),
        (60_000, {"pattern": LARGE}, True),
        (60_000, {"pattern": "fine"}, False),
        (60_000, {"json_path": "$.a"}, True),
        (6_000, {"json_path": "$..a"}, False),
        (60_000, {"keyword": "fine"}, False),
        (70_000, {"keyword": "fine"}, True),
        (70_000, {}, False),
    ],
)
def test_what_may_take_long_is_not_for_the_loop(
    size: int, given: dict[str, str], is_long: bool
) -> None:
    response = Response(200, "OK", (), b"a" * size, body_complete=True)
    assert takes_long(CheckSpec("http://a.example/", **given), response) is is_long  # type: ignore[arg-type]


def test_an_error_of_ours_in_judging_is_no_verdict_on_the_target(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = CheckSpec("http://a.example/", keyword=None)  # type: ignore[arg-type]
    broken = replace(broken, pattern=7)  # type: ignore[arg-type]
    result = judge(broken, seen(b"x"))
    assert (result.status, result.reason, result.response_time_ms) == (
        Status.NOT_JUDGED,
        Reason.INTERNAL,
        None,
    )
    assert "cannot be judged" in caplog.text


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_of_our_own_side_is_not_judged_and_any_other_is_down(fault: Fault) -> None:
    failure = Failure(fault, SENTENCES[fault][0])
    observation = replace(seen(b""), response=None, failure=failure)
    result = judge(CheckSpec("http://a.example/"), observation)
    is_ours = fault in {
        Fault.INTERNAL,
        Fault.SET_ASIDE,
        Fault.UNREADABLE,
        Fault.NO_SOCKET,
        Fault.NO_WAY_OUT,
        Fault.NO_NAME_SERVER,
        Fault.NOT_STORED,
        Fault.STALLED,
        Fault.CUT_OFF,
        Fault.NAMES_CUT_OFF,
    }
    assert result.status is (Status.NOT_JUDGED if is_ours else Status.DOWN)
    assert (result.reason is Reason.INTERNAL) is is_ours
    assert (result.evidence is None) is is_ours


def test_what_may_stand_behind_the_cut_is_not_judged() -> None:
    cut = seen(b"begins", complete=False)
    for settings in ({"keyword": "ends"}, {"keyword_absent": "x"}, {"pattern": "ends$"}):
        result = judge(CheckSpec("http://a.example/", **settings), cut)  # type: ignore[arg-type]
        assert (result.status, result.reason) == (Status.DOWN, Reason.TOO_LARGE)
    assert verdict(cut, keyword="begins") == OK


@pytest.mark.parametrize(
    ("text", "accepted", "refused"),
    [
        ("200-299", (200, 204, 299), (199, 300)),
        ("200, 304", (200, 304), (201, 303)),
        (" 200 - 201 ,404 ", (200, 201, 404), (202, 403)),
    ],
)
def test_status_ranges(text: str, accepted: tuple[int, ...], refused: tuple[int, ...]) -> None:
    ranges = StatusRanges.parse(text)
    assert [code in ranges for code in accepted + refused] == (
        [True] * len(accepted) + [False] * len(refused)
    )
    assert StatusRanges.parse(str(ranges)) == ranges


@pytest.mark.parametrize("text", ["", "2xx", "200-", "299-200", "99", "600", "200;304"])
def test_wrong_status_ranges_are_refused(text: str) -> None:
    with pytest.raises(BadSetting):
        StatusRanges.parse(text)
