"""When failures are doubted, and what becomes of them."""

from datetime import datetime

import pytest

from monitors.domain.observation import Phases
from monitors.domain.reachability import Heard, Lately, in_the_light_of, is_by_name, is_doubtful
from monitors.domain.reasons import Reason
from monitors.domain.result import CheckResult, Status
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_result

NOBODY = Heard(any=False, by_name=None)
WITHOUT_NAMES = Heard(any=True, by_name=False)
LOOKED_UP = Phases(dns_ms=2.0, connect_ms=5_000.0)
STILL_LOOKING = Phases(dns_ms=5_000.0)


def failed(reason: Reason = Reason.CONNECT, at: datetime = NOON, **values: object) -> CheckResult:
    return a_result(Status.DOWN, at, reason=reason, **values)


@pytest.mark.parametrize(
    ("result", "doubtful"),
    [
        (failed(Reason.TIMEOUT), True),
        (failed(Reason.DNS), True),
        (failed(Reason.CONNECT), True),
        (failed(Reason.TLS), True),
        (failed(Reason.PROTOCOL), True),
        # These have been reached, or were not asked at all.
        (failed(Reason.HTTP_STATUS), False),
        (failed(Reason.CONTENT), False),
        (failed(Reason.BLOCKED), False),
        (a_result(Status.DEGRADED, reason=Reason.TLS), False),
        (a_result(Status.NOT_JUDGED), False),
    ],
)
def test_only_what_a_dead_network_looks_like_is_doubted(
    result: CheckResult, *, doubtful: bool
) -> None:
    assert is_doubtful(result) is doubtful


def test_nobody_answers_so_nothing_is_judged() -> None:
    result = in_the_light_of(NOBODY, failed())
    assert (result.status, result.reason, result.checked_at) == (
        Status.NOT_JUDGED,
        Reason.INTERNAL,
        NOON,
    )
    assert result.message == (
        "the monitor itself seems to be cut off: no canary answered"
        " (connection refused by 192.0.2.7 port 443)"
    )


def test_somebody_answers_so_a_failure_stands() -> None:
    for heard in (Heard(any=True, by_name=True), Heard(any=True, by_name=None)):
        assert in_the_light_of(heard, failed(Reason.DNS)) == failed(Reason.DNS)


def test_names_are_vouched_for_by_names_only() -> None:
    unknown = failed(Reason.DNS, message="looking up a.example failed: timeout")
    result = in_the_light_of(WITHOUT_NAMES, unknown)
    assert (result.status, "cut off from its name server" in result.message) == (
        Status.NOT_JUDGED,
        True,
    )
    assert in_the_light_of(WITHOUT_NAMES, failed(Reason.CONNECT)) == failed(Reason.CONNECT)


@pytest.mark.parametrize(
    ("result", "by_name"),
    [
        (failed(Reason.DNS), True),
        (failed(Reason.TIMEOUT, phases=STILL_LOOKING), True),
        (failed(Reason.TIMEOUT, phases=LOOKED_UP), False),
        (failed(Reason.CONNECT), False),
    ],
)
def test_a_silent_name_server_is_told_from_a_silent_host(
    result: CheckResult, *, by_name: bool
) -> None:
    assert is_by_name(result) is by_name


def lately(answered: int, failures: int, at: datetime = NOON) -> Lately:
    counts = Lately()
    for number in range(answered + failures):
        counts.take(a_result(at=at), fails=number >= answered)
    return counts


@pytest.mark.parametrize(
    ("answered", "failures", "most"),
    [
        (0, 1, True),  # of one service it is all of them
        (1, 1, False),
        (1, 2, True),
        (10, 9, False),
        (10, 11, True),
        (0, 0, False),
    ],
)
def test_most_are_more_than_half(answered: int, failures: int, *, most: bool) -> None:
    assert lately(answered, failures).most_fail(NOON) is most


def test_what_answered_before_the_failed_checks_began_says_nothing() -> None:
    counts = lately(1_000, 0)
    counts.take(failed(at=noon_plus(5)), fails=True)
    assert counts.most_fail(noon_plus(5))
    assert not counts.most_fail(NOON)


def test_who_answers_while_a_check_hangs_shows_that_the_network_is_there() -> None:
    counts = lately(2, 0, at=noon_plus(30))
    hung = failed(Reason.TIMEOUT, NOON, phases=Phases(dns_ms=1, connect_ms=59_999))
    counts.take(hung, fails=True)
    assert not counts.most_fail(NOON)


def test_nobody_checked_is_nobody_who_answers() -> None:
    assert not Lately().most_answer(NOON)
    assert lately(1, 1).most_answer(NOON)
    assert not lately(1, 2).most_answer(NOON)


def test_only_the_last_minute_is_kept() -> None:
    counts = Lately()
    for second in range(1_000):
        counts.take(a_result(at=noon_plus(second)), fails=False)
    assert len(counts._seconds) < 80
