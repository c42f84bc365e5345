"""What a change of a service's state is called."""

from .state import State

_TROUBLE = frozenset({State.DOWN, State.DEGRADED})
_OF_THE_FIRST = {State.UNKNOWN: "Added", State.PAUSED: "Added, paused"}


def change_label(new: State, old: State | None, *, ends_incident: bool = False) -> str:
    """Name a change as an operator does; `old` is None where the life of a service begins."""
    if old is None:
        return _OF_THE_FIRST.get(new, new.label)
    if new is State.UP and (old in _TROUBLE or ends_incident):
        return "Recovered"
    if new is State.UNKNOWN and old is State.PAUSED:
        return "Resumed"
    return new.label
