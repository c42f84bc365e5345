import pytest

from monitors.domain.recent import KEPT, RecentResult, append, read
from monitors.domain.result import Status
from monitors.tests.factories import a_result


def test_what_is_appended_is_read_back() -> None:
    text = append("", a_result(Status.UP, response_time_ms=12.4))
    text = append(text, a_result(Status.DEGRADED, response_time_ms=903))
    text = append(text, a_result(Status.DOWN))
    assert len(text) == 6
    assert read(text) == (
        RecentResult(Status.UP, 12),
        RecentResult(Status.DEGRADED, 903),
        RecentResult(Status.DOWN, None),
    )


def test_the_oldest_fall_out() -> None:
    text = ""
    for time in range(1, KEPT + 6):
        text = append(text, a_result(Status.UP, response_time_ms=time))
    assert [beat.response_time_ms for beat in read(text)] == list(range(6, KEPT + 6))
    assert len(text) == 2 * KEPT


@pytest.mark.parametrize("time_ms", [0.0, 0.4, 1.0, 49.6, 333.3, 5_000.0, 59_999.0, 70_000.0])
@pytest.mark.parametrize("status", [Status.UP, Status.DEGRADED, Status.DOWN])
def test_a_time_is_kept_within_half_a_percent(status: Status, time_ms: float) -> None:
    (beat,) = read(append("", a_result(status, response_time_ms=time_ms)))
    assert beat.status is status
    assert beat.response_time_ms == pytest.approx(time_ms, rel=0.005, abs=1)


def test_a_time_beyond_all_timeouts_is_the_longest() -> None:
    (beat,) = read(append("", a_result(Status.UP, response_time_ms=10_000_000)))
    assert beat.response_time_ms is not None
    assert beat.response_time_ms > 600_000


def test_what_an_older_version_has_written_is_left_out() -> None:
    new = append("", a_result(Status.UP, response_time_ms=12.4))
    # Pairs are counted from the end, where the newest stand.
    assert read(f"U  {new}{new}") == (RecentResult(Status.UP, 12), RecentResult(Status.UP, 12))


def test_what_was_not_judged_is_one_of_them_and_changes_no_other() -> None:
    text = append("", a_result(Status.DOWN, response_time_ms=10_000_000))
    text = append(append(text, a_result(Status.NOT_JUDGED)), a_result(Status.UP))
    assert [beat.status for beat in read(text)] == [Status.DOWN, Status.NOT_JUDGED, Status.UP]
