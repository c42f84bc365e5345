"""Writes what transitions do to the stretches of services' lives."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitors.domain.state import Transition
from monitors.models import Period

from .bulk import insert_many, update_many

_COLUMNS = ("service_id", "state", "started_at", "ended_at")


@dataclass(slots=True)
class _Stretch:
    service_id: int
    state: str
    started_at: datetime
    ended_at: datetime | None = None
    stored_as: int | None = None
    """The id of its row; None while it has none."""


def write(moves: Mapping[int, Sequence[Transition]]) -> None:
    """Cut the open period of each service at its transitions, inside the caller's transaction.

    A period that would be of no length takes the new state instead. However many services move at
    once, it takes one query and two statements.
    """
    moved = {service_id: transitions for service_id, transitions in moves.items() if transitions}
    if not moved:
        return
    still_open = _still_open(moved)
    told = [
        stretch
        for service_id, transitions in moved.items()
        for stretch in _told(service_id, still_open.get(service_id), transitions)
    ]
    stored = [stretch for stretch in told if stretch.stored_as is not None]
    # First what ends: of each service only one period may be open.
    update_many(
        Period,
        ("state", "ended_at"),
        [(stretch.state, stretch.ended_at, stretch.stored_as) for stretch in stored],
    )
    new = [stretch for stretch in told if stretch.stored_as is None]
    insert_many(
        Period,
        _COLUMNS,
        [(each.service_id, each.state, each.started_at, each.ended_at) for each in new],
    )


def _still_open(service_ids: Iterable[int]) -> dict[int, _Stretch]:
    rows = Period.objects.filter(service__among=list(service_ids), ended_at=None)
    return {
        service_id: _Stretch(service_id, state, started_at, stored_as=pk)
        for service_id, state, started_at, pk in rows.values_list(
            "service_id", "state", "started_at", "pk"
        )
    }


def _told(
    service_id: int, still_open: _Stretch | None, transitions: Iterable[Transition]
) -> list[_Stretch]:
    """Go on from the open period; the last of what comes back is open."""
    told = [still_open] if still_open is not None else []
    for transition in transitions:
        if told and told[-1].started_at >= transition.at:
            told[-1].state = transition.new.value
            continue
        if told:
            told[-1].ended_at = transition.at
        told.append(_Stretch(service_id, transition.new.value, transition.at))
    return told
