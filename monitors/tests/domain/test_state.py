from dataclasses import replace
from datetime import timedelta

import pytest

from monitors.domain.result import Status
from monitors.domain.state import (
    Cause,
    Policy,
    Standing,
    State,
    Step,
    Transition,
    advance,
    expire,
    move,
    refreshed,
)
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_result

UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN
TWO_FAILURES = Policy(2, 1)
FRESH_FOR = timedelta(seconds=125)


def standing(state: State, **values: object) -> Standing:
    return Standing(state, since=NOON, **values)  # type: ignore[arg-type]


def walk(start: Standing, *statuses: Status, policy: Policy = TWO_FAILURES) -> list[Step]:
    """Advance by results a minute apart, the first a minute after noon."""
    steps = []
    for number, status in enumerate(statuses, start=1):
        at = noon_plus(60 * number)
        steps.append(advance(start, a_result(status, at), policy, at + FRESH_FOR))
        start = steps[-1].standing
    return steps


@pytest.mark.parametrize("status", [UP, DEGRADED, DOWN])
def test_first_result_decides_at_once(status: Status) -> None:
    (step,) = walk(standing(State.UNKNOWN), status, policy=Policy(3, 3))
    found = State(status.value)
    cause = Cause.of(a_result(DOWN, noon_plus(60))) if status is DOWN else None
    assert step.transitions == (Transition(State.UNKNOWN, found, noon_plus(60), cause),)
    assert step.standing == Standing(
        found, noon_plus(60), seen_at=noon_plus(60), fresh_until=noon_plus(60) + FRESH_FOR
    )


def test_outage_starts_at_its_first_failing_check() -> None:
    first, second, third = walk(standing(State.UP), DOWN, DOWN, DOWN, policy=Policy(3, 1))
    assert (first.transitions, second.transitions) == ((), ())
    assert (second.standing.streak, second.standing.streak_since) == (2, noon_plus(60))
    cause = Cause.of(a_result(DOWN, noon_plus(60)))
    assert second.standing.cause == cause
    assert third.transitions == (Transition(State.UP, State.DOWN, noon_plus(60), cause),)
    assert third.standing.cause is None
    assert third.standing.streak == 0


def test_blip_changes_nothing_and_is_forgotten() -> None:
    steps = walk(standing(State.UP), DOWN, UP, DOWN, UP)
    assert [step.transitions for step in steps] == [(), (), (), ()]
    assert (steps[-1].standing.state, steps[-1].standing.since) == (State.UP, NOON)
    assert (steps[-1].standing.streak, steps[-1].standing.streak_since) == (0, None)


def test_recovery_needs_successes_in_a_row() -> None:
    steps = walk(standing(State.DOWN), UP, DOWN, UP, UP, policy=Policy(2, 2))
    assert [len(step.transitions) for step in steps] == [0, 0, 0, 1]
    assert steps[-1].transitions == (Transition(State.DOWN, State.UP, noon_plus(180)),)


def test_degraded_counts_towards_recovery() -> None:
    steps = walk(standing(State.DOWN), UP, DEGRADED, policy=Policy(2, 2))
    assert steps[-1].transitions == (Transition(State.DOWN, State.DEGRADED, noon_plus(60)),)


def test_up_and_degraded_change_at_once() -> None:
    first, second = walk(standing(State.UP), DEGRADED, UP, policy=Policy(5, 5))
    assert first.transitions == (Transition(State.UP, State.DEGRADED, noon_plus(60)),)
    assert second.transitions == (Transition(State.DEGRADED, State.UP, noon_plus(120)),)


def test_degraded_ends_a_streak_of_failures() -> None:
    steps = walk(standing(State.UP), DOWN, DEGRADED, DOWN)
    assert [step.standing.state for step in steps] == [State.UP, State.DEGRADED, State.DEGRADED]
    assert steps[1].transitions == (Transition(State.UP, State.DEGRADED, noon_plus(120)),)
    assert steps[2].standing.streak_since == noon_plus(180)


def test_unwatched_time_becomes_unknown() -> None:
    watched = standing(State.UP, seen_at=NOON, fresh_until=noon_plus(125))
    late = noon_plus(500)
    step = advance(watched, a_result(DOWN, late), Policy(3, 1), late + FRESH_FOR)
    assert step.transitions == (
        Transition(State.UP, State.UNKNOWN, noon_plus(125)),
        Transition(State.UNKNOWN, State.DOWN, late, Cause.of(a_result(DOWN, late))),
    )


def test_gap_forgets_an_unconfirmed_failure() -> None:
    failing = standing(
        State.UP, streak=1, streak_since=noon_plus(1), fresh_until=noon_plus(125), seen_at=NOON
    )
    late = noon_plus(500)
    step = advance(failing, a_result(UP, late), Policy(2, 1), late + FRESH_FOR)
    assert (step.standing.state, step.standing.since) == (State.UP, late)


def test_result_on_the_last_fresh_moment_leaves_no_gap() -> None:
    watched = standing(State.UP, seen_at=NOON, fresh_until=noon_plus(125))
    step = advance(watched, a_result(UP, noon_plus(125)), Policy(), noon_plus(250))
    assert step.transitions == ()


@pytest.mark.parametrize("seconds", [-1, 0, 59])
def test_late_result_changes_nothing(seconds: float) -> None:
    seen = standing(State.UP, seen_at=noon_plus(59), fresh_until=noon_plus(200))
    step = advance(seen, a_result(DOWN, noon_plus(seconds)), Policy(1, 1), noon_plus(300))
    assert step == Step(seen)


def test_paused_service_is_not_moved_by_results() -> None:
    paused = standing(State.PAUSED)
    assert advance(paused, a_result(DOWN, noon_plus(60)), Policy(1, 1), noon_plus(90)) == Step(
        paused
    )
    assert expire(paused, noon_plus(10_000)) == Step(paused)


def test_expire_closes_the_gap_where_freshness_ended() -> None:
    watched = standing(State.DOWN, fresh_until=noon_plus(125))
    assert expire(watched, noon_plus(125)) == Step(watched)
    assert expire(watched, noon_plus(126)).transitions == (
        Transition(State.DOWN, State.UNKNOWN, noon_plus(125)),
    )


def test_move_never_begins_before_the_present_state() -> None:
    step = move(standing(State.UP), State.PAUSED, noon_plus(-5))
    assert step.transitions == (Transition(State.UP, State.PAUSED, NOON),)


@pytest.mark.parametrize("state", list(State))
def test_what_was_not_judged_counts_neither_for_nor_against(state: State) -> None:
    before = standing(state, streak=1, streak_since=NOON, fresh_until=noon_plus(30))
    (step,) = walk(before, Status.NOT_JUDGED)
    # Not even for freshness: what was known is as old as before.
    assert step == Step(before)


def test_a_row_of_failures_goes_on_over_what_was_not_judged() -> None:
    steps = walk(standing(State.UP), DOWN, Status.NOT_JUDGED, DOWN)
    assert [step.standing.state for step in steps] == [State.UP, State.UP, State.DOWN]
    assert steps[-1].standing.since == noon_plus(60)


@pytest.mark.parametrize(
    ("state", "status", "at_s", "is_kept"),
    [
        (State.UP, UP, 60, True),
        (State.UP, DEGRADED, 60, True),
        (State.UP, DOWN, 60, False),
        (State.DOWN, DOWN, 60, True),
        (State.DOWN, UP, 60, False),
        (State.UNKNOWN, UP, 60, False),
        (State.PAUSED, UP, 60, False),
        # What was not seen for so long has become UNKNOWN meanwhile.
        (State.UP, UP, 126, False),
    ],
)
def test_a_state_is_kept_fresh_by_what_says_the_same(
    state: State, status: Status, at_s: float, *, is_kept: bool
) -> None:
    before = standing(state, seen_at=NOON, fresh_until=noon_plus(125))
    after = refreshed(before, a_result(status, noon_plus(at_s)), noon_plus(at_s + 125))
    seen = replace(before, seen_at=noon_plus(at_s), fresh_until=noon_plus(at_s + 125))
    assert after == (seen if is_kept else before)
