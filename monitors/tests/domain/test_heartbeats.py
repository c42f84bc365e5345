from monitors.domain.heartbeats import KEPT, Heartbeat, append, read
from monitors.domain.result import Status
from monitors.tests.factories import a_result


def test_what_is_appended_is_read_back() -> None:
    text = append("", a_result(Status.UP, response_time_ms=12.4))
    text = append(text, a_result(Status.DEGRADED, response_time_ms=900.6))
    text = append(text, a_result(Status.DOWN))
    assert text == "U12 G901 D"
    assert read(text) == (
        Heartbeat(Status.UP, 12),
        Heartbeat(Status.DEGRADED, 901),
        Heartbeat(Status.DOWN, None),
    )


def test_the_oldest_fall_out() -> None:
    text = ""
    for time in range(KEPT + 5):
        text = append(text, a_result(Status.UP, response_time_ms=time))
    assert [beat.response_time_ms for beat in read(text)] == list(range(5, KEPT + 5))
