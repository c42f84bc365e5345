from datetime import datetime

import pytest

from monitors.domain.incidents import Ending, EventKind, Turn, turns
from monitors.domain.state import Cause, State, Transition
from monitors.tests.clock import noon_plus

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
DEGRADED, PAUSED = State.DEGRADED, State.PAUSED
NOW = noon_plus(600)
CAUSE = Cause(noon_plus(60), "connect", "connection refused", 7)


def to(new: State, at: datetime) -> Transition:
    # Where a service comes from does not matter: whether an incident is open does.
    return Transition(UP, new, at, CAUSE if new is DOWN else None)


def opened(at: datetime) -> Turn:
    return Turn(EventKind.OPENED, at, CAUSE)


def resolved(at: datetime, ending: Ending = Ending.RECOVERED) -> Turn:
    return Turn(EventKind.RESOLVED, at, ending=ending)


AT = [noon_plus(seconds) for seconds in (60, 120, 180, 240)]


@pytest.mark.parametrize(
    ("is_open", "path", "ending", "told"),
    [
        (False, [(DOWN, 0)], None, [opened(AT[0])]),
        (False, [(UP, 0)], None, []),
        (False, [(UNKNOWN, 0), (UP, 1)], None, []),
        (True, [(UP, 0)], None, [resolved(AT[0])]),
        (True, [(DEGRADED, 0)], None, [resolved(AT[0])]),
        (True, [(PAUSED, 0)], None, [resolved(AT[0], Ending.PAUSED)]),
        (True, [(UNKNOWN, 0)], None, [Turn(EventKind.UNSEEN, AT[0])]),
        # Down, nobody looked, still down: one incident.
        (
            True,
            [(UNKNOWN, 0), (DOWN, 1)],
            None,
            [Turn(EventKind.UNSEEN, AT[0]), Turn(EventKind.SEEN_AGAIN, AT[1], CAUSE)],
        ),
        (
            True,
            [(UNKNOWN, 0), (UP, 1)],
            None,
            [Turn(EventKind.UNSEEN, AT[0]), resolved(AT[1])],
        ),
        # Two outages in one batch.
        (
            False,
            [(DOWN, 0), (UP, 1), (DOWN, 2)],
            None,
            [opened(AT[0]), resolved(AT[1]), opened(AT[2])],
        ),
        # Another address: what was found says nothing of it.
        (True, [(UNKNOWN, None)], Ending.EDITED, [resolved(NOW, Ending.EDITED)]),
        (True, [], Ending.EDITED, [resolved(NOW, Ending.EDITED)]),
        (
            True,
            [(UNKNOWN, 0)],
            Ending.EDITED,
            [Turn(EventKind.UNSEEN, AT[0]), resolved(NOW, Ending.EDITED)],
        ),
        (True, [], Ending.DELETED, [resolved(NOW, Ending.DELETED)]),
        (False, [], Ending.DELETED, []),
    ],
)
def test_turns(
    is_open: bool,
    path: list[tuple[State, int | None]],
    ending: Ending | None,
    told: list[Turn],
) -> None:
    transitions = [to(state, NOW if at is None else AT[at]) for state, at in path]
    assert turns(transitions, NOW, is_open=is_open, ending=ending) == told
