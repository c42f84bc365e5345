"""Writes what transitions do to the stretches of a service's life."""

from collections.abc import Iterable

from monitors.domain.state import Transition
from monitors.models import Period


def write(service_id: int, transitions: Iterable[Transition]) -> None:
    """Cut the open period at each transition and open the next, inside the caller's transaction.

    A period that would be of no length takes the new state instead.
    """
    for transition in transitions:
        still_open = Period.objects.filter(service_id=service_id, ended_at=None)
        if still_open.filter(started_at__gte=transition.at).update(state=transition.new.value):
            continue
        still_open.update(ended_at=transition.at)
        Period.objects.create(
            service_id=service_id, state=transition.new.value, started_at=transition.at
        )
