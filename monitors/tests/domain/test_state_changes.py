import pytest

from monitors.domain.state import State
from monitors.domain.state_changes import change_label

UNKNOWN, UP, DEGRADED, DOWN, PAUSED = (
    State.UNKNOWN,
    State.UP,
    State.DEGRADED,
    State.DOWN,
    State.PAUSED,
)


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        (None, UNKNOWN, "Added"),
        (None, PAUSED, "Added, paused"),
        # Where its first check came with it.
        (None, UP, "Up"),
        (UNKNOWN, UP, "Up"),
        (DOWN, UP, "Recovered"),
        (DEGRADED, UP, "Recovered"),
        (UP, DEGRADED, "Degraded"),
        (DOWN, DEGRADED, "Degraded"),
        (UNKNOWN, DOWN, "Down"),
        (UP, UNKNOWN, "Unknown"),
        (PAUSED, UNKNOWN, "Resumed"),
        (UP, PAUSED, "Paused"),
    ],
)
def test_a_change_is_named_by_what_was_before(old: State | None, new: State, label: str) -> None:
    assert change_label(new, old) == label


def test_a_service_that_is_up_after_an_unseen_outage_has_recovered() -> None:
    assert change_label(UP, UNKNOWN, ends_incident=True) == "Recovered"
    assert change_label(PAUSED, DOWN, ends_incident=True) == "Paused"
