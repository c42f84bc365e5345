import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.domain.incidents import IncidentCause
from monitors.domain.state import State
from monitors.domain.uptime import Charge, Stretch, Uptime, last_ones, until_fresh, uptime
from monitors.tests.clock import NOON, noon_plus

UP, DEGRADED, DOWN = State.UP, State.DEGRADED, State.DOWN
FAULT, PLANNED = IncidentCause.FAULT, IncidentCause.PLANNED
MONITOR, EXCLUDED = IncidentCause.MONITOR, IncidentCause.EXCLUDED


def stretch(state: State, start: float, end: float) -> Stretch:
    return Stretch(state, noon_plus(start), noon_plus(end))


def charge(cause: IncidentCause, start: float, end: float) -> Charge:
    return Charge(cause, noon_plus(start), noon_plus(end))


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


LIFE = [stretch(UP, 0, 40), stretch(DOWN, 40, 60), stretch(DEGRADED, 60, 100)]


@pytest.mark.parametrize(
    ("charges", "found"),
    [
        ([], Uptime(up_s=40, down_s=20, degraded_s=40)),
        ([(PLANNED, 40, 60)], Uptime(up_s=40, degraded_s=40, maintenance_s=20)),
        ([(MONITOR, 40, 60)], Uptime(up_s=40, degraded_s=40, unknown_s=20)),
        ([(EXCLUDED, 50, 500)], Uptime(up_s=40, down_s=10, unknown_s=50)),
        ([(FAULT, 40, 60)], Uptime(up_s=40, down_s=20, degraded_s=40)),
        # Maintenance leaves out what was well, too.
        ([(PLANNED, -5, 70)], Uptime(degraded_s=30, maintenance_s=70)),
        # The last one counts, at each moment by itself.
        ([(PLANNED, 30, 70), (FAULT, 45, 50)], Uptime(30, 30, 5, 35)),
        ([(FAULT, 45, 50), (PLANNED, 30, 70)], Uptime(30, 30, 0, 40)),
        ([(PLANNED, 40, 50), (MONITOR, 45, 60)], Uptime(40, 40, 0, 5, 0, 15)),
        ([(PLANNED, 40, 50), (PLANNED, 45, 60)], Uptime(40, 40, 0, 20)),
    ],
)
def test_what_was_reclassified_is_charged_otherwise(
    charges: list[tuple[IncidentCause, float, float]], found: Uptime
) -> None:
    made = [charge(*given) for given in charges]
    assert uptime(LIFE, NOON, noon_plus(100), made) == found


def test_time_that_nobody_saw_is_not_moved() -> None:
    life = [stretch(State.PAUSED, 0, 40), stretch(State.UNKNOWN, 40, 60)]
    found = uptime(life, NOON, noon_plus(100), [charge(PLANNED, 0, 100)])
    assert found == Uptime(paused_s=40, unknown_s=60)


def test_of_many_charges_the_last_is_left_at_each_moment() -> None:
    given = [charge(PLANNED, 0, 10), charge(MONITOR, 2, 4), charge(FAULT, 3, 6)]
    assert last_ones(given) == [
        charge(PLANNED, 0, 2),
        charge(MONITOR, 2, 3),
        charge(FAULT, 3, 4),
        charge(FAULT, 4, 6),
        charge(PLANNED, 6, 10),
    ]


_MOVES = {PLANNED: "maintenance_s", MONITOR: "unknown_s", EXCLUDED: "unknown_s"}
_SEEN = {UP: "up_s", DEGRADED: "degraded_s", DOWN: "down_s"}
_NOT_SEEN = {State.PAUSED: "paused_s", State.UNKNOWN: "unknown_s"}


@given(
    st.lists(st.tuples(st.sampled_from(list(State)), st.integers(1, 8)), max_size=10),
    st.lists(
        st.tuples(st.sampled_from(list(IncidentCause)), st.integers(-5, 50), st.integers(1, 20)),
        max_size=8,
    ),
)
def test_every_second_is_where_the_rule_puts_it(
    life: list[tuple[State, int]], charges: list[tuple[IncidentCause, int, int]]
) -> None:
    """Compare with the rule, said second by second."""
    states = [state for state, seconds in life for _ in range(seconds)]
    stretches, at = [], 0
    for state, seconds in life:
        stretches.append(stretch(state, at, at + seconds))
        at += seconds
    wanted = dict.fromkeys([*_SEEN.values(), *_NOT_SEEN.values(), "maintenance_s"], 0)
    for second in range(60):
        state = states[second] if second < len(states) else State.UNKNOWN
        over = [cause for cause, start, length in charges if start <= second < start + length]
        moved = _MOVES.get(over[-1]) if over and state in _SEEN else None
        wanted[moved or (_SEEN | _NOT_SEEN)[state]] += 1
    made = [charge(cause, start, start + length) for cause, start, length in charges]
    assert uptime(stretches, NOON, noon_plus(60), made) == Uptime(**wanted)


@given(
    st.lists(st.tuples(st.sampled_from(list(State)), st.floats(0.001, 1e6)), max_size=20),
    st.floats(-1e6, 1e6),
    st.floats(1, 1e7),
    st.lists(
        st.tuples(
            st.sampled_from(list(IncidentCause)), st.floats(-1e6, 1e7), st.floats(0.001, 1e6)
        ),
        max_size=10,
    ),
)
def test_the_seconds_add_up_to_the_window(
    life: list[tuple[State, float]],
    begin: float,
    length: float,
    charges: list[tuple[IncidentCause, float, float]],
) -> None:
    stretches, at = [], 0.0
    for state, seconds in life:
        stretches.append(stretch(state, at, at + seconds))
        at += seconds
    start, end = noon_plus(begin), noon_plus(begin + length)
    made = [charge(cause, from_, from_ + seconds) for cause, from_, seconds in charges]
    found = uptime(stretches, start, end, made)
    parts = (found.up_s, found.degraded_s, found.down_s, found.paused_s, found.unknown_s)
    assert sum(parts) + found.maintenance_s == pytest.approx(
        (end - start).total_seconds(), abs=1e-4
    )
    assert min(*parts, found.maintenance_s) >= 0
