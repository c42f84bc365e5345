import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.domain.state import State
from monitors.domain.uptime import Stretch, Uptime, until_fresh, uptime
from monitors.tests.clock import NOON, noon_plus

UP, DEGRADED, DOWN = State.UP, State.DEGRADED, State.DOWN


def stretch(state: State, start: float, end: float) -> Stretch:
    return Stretch(state, noon_plus(start), noon_plus(end))


def test_only_what_lies_in_the_window_counts() -> None:
    life = [stretch(UP, -100, 10), stretch(DOWN, 10, 40), stretch(DEGRADED, 40, 500)]
    assert uptime(life, NOON, noon_plus(100)) == Uptime(up_s=10, degraded_s=60, down_s=30)


def test_what_nobody_saw_is_unknown_and_left_out_of_the_percentage() -> None:
    life = [stretch(UP, 50, 60), stretch(State.PAUSED, 60, 90), stretch(State.UNKNOWN, 90, 95)]
    found = uptime(life, NOON, noon_plus(100))
    assert found == Uptime(up_s=10, paused_s=30, unknown_s=60)
    assert (found.percent, found.unseen_s) == (100.0, 90)


@pytest.mark.parametrize(
    ("found", "percent"),
    [
        (Uptime(), None),
        (Uptime(unknown_s=100, paused_s=5), None),
        (Uptime(up_s=100), 100.0),
        (Uptime(degraded_s=100), 100.0),
        (Uptime(down_s=100), 0.0),
        (Uptime(up_s=75, degraded_s=15, down_s=10), 90.0),
        # One second in a year is no 100 %.
        (Uptime(up_s=31_535_999, down_s=1), 99.9999),
    ],
)
def test_percentage(found: Uptime, percent: float | None) -> None:
    assert found.percent == percent


def test_an_open_period_counts_until_it_stopped_being_fresh() -> None:
    assert until_fresh(UP, NOON, noon_plus(60), noon_plus(60)) == (stretch(UP, 0, 60),)
    assert until_fresh(UP, NOON, noon_plus(60), noon_plus(100)) == (
        stretch(UP, 0, 60),
        stretch(State.UNKNOWN, 60, 100),
    )
    assert until_fresh(State.PAUSED, NOON, noon_plus(60), noon_plus(100)) == (
        stretch(State.PAUSED, 0, 100),
    )


@given(
    st.lists(st.tuples(st.sampled_from(list(State)), st.floats(0.001, 1e6)), max_size=20),
    st.floats(-1e6, 1e6),
    st.floats(1, 1e7),
)
def test_the_seconds_add_up_to_the_window(
    life: list[tuple[State, float]], begin: float, length: float
) -> None:
    stretches, at = [], 0.0
    for state, seconds in life:
        stretches.append(stretch(state, at, at + seconds))
        at += seconds
    start, end = noon_plus(begin), noon_plus(begin + length)
    found = uptime(stretches, start, end)
    parts = (found.up_s, found.degraded_s, found.down_s, found.paused_s, found.unknown_s)
    assert sum(parts) + found.maintenance_s == pytest.approx(
        (end - start).total_seconds(), abs=1e-4
    )
    assert min(parts) >= 0
