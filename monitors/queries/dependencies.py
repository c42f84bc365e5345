"""What services depend on, and what stands behind them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from monitors.domain.dependencies import causes, reached
from monitors.domain.state import State
from monitors.models import Service

# One query each. What is further away is not looked at.
MAX_STEPS = 20
SHOWN = 10


class Neighbour(NamedTuple):
    """A service on which another depends, or that depends on it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    depends_on: tuple[Neighbour, ...]
    """One step away, by name."""
    dependents: tuple[Neighbour, ...]
    """One step away, the first few by name."""
    behind: int
    """How many services depend on it, however far away."""


def upwards(service_ids: Collection[int]) -> dict[int, set[int]]:
    """Give what services depend on, and what that depends on, and so on: a query for each step."""
    return _edges(service_ids, "from_service_id", "to_service_id")


def downwards(service_ids: Collection[int]) -> dict[int, set[int]]:
    """Give what depends on services, and so on: a query for each step."""
    return _edges(service_ids, "to_service_id", "from_service_id")


def depends_on_of(service_ids: Collection[int]) -> dict[int, list[int]]:
    """Give what each service depends on itself, by their ids."""
    found: dict[int, list[int]] = defaultdict(list)
    through = Service.depends_on.through.objects.filter(from_service__among=service_ids)
    for here, there in through.order_by("to_service_id").values_list(
        "from_service_id", "to_service_id"
    ):
        found[here].append(there)
    return found


def behind_each(service_ids: Collection[int]) -> dict[int, int]:
    """Count what depends on each service, however far away."""
    edges = downwards(service_ids)
    return {pk: len(reached([pk], edges) - {pk}) for pk in service_ids}


def causes_down(service_ids: Collection[int], now: datetime) -> dict[int, list[Neighbour]]:
    """Give, for services that are behind one that is DOWN, what is at the root of it, by name."""
    edges = upwards(service_ids)
    if not edges:
        return {}
    above = {pk: causes(pk, edges) for pk in edges}
    everything = set().union(*above.values())
    fresh = Q(fresh_until=None) | Q(fresh_until__gte=now)
    down = Service.objects.filter(fresh, pk__among=everything, state=State.DOWN.value)
    names = dict(down.values_list("pk", "name"))
    # What is down behind another is no root.
    roots = {pk: name for pk, name in names.items() if names.keys().isdisjoint(above.get(pk, ()))}
    found = {
        pk: sorted(
            (Neighbour(cause, roots[cause]) for cause in above[pk] & roots.keys()),
            key=lambda neighbour: neighbour.name,
        )
        for pk in edges.keys() & set(service_ids)
    }
    return {pk: neighbours for pk, neighbours in found.items() if neighbours}


def neighbours_above(service: Service) -> list[Neighbour]:
    """Give what a service depends on itself, by name."""
    rows = service.depends_on.order_by("name", "pk").values_list("pk", "name")
    return [Neighbour(*row) for row in rows]


def neighbours(service: Service) -> Neighbours:
    below = service.dependents.order_by("name", "pk").values_list("pk", "name")
    return Neighbours(
        tuple(neighbours_above(service)),
        tuple(Neighbour(*row) for row in below[:SHOWN]),
        behind_each([service.pk])[service.pk],
    )


def _edges(service_ids: Collection[int], here: str, there: str) -> dict[int, set[int]]:
    through = Service.depends_on.through.objects
    found: dict[int, set[int]] = {}
    asked, to_ask = set(), set(service_ids)
    for _ in range(MAX_STEPS):
        if not to_ask:
            break
        asked |= to_ask
        beyond = set()
        rows = through.filter(**{f"{here.removesuffix('_id')}__among": to_ask})
        for one, other in rows.values_list(here, there):
            found.setdefault(one, set()).add(other)
            beyond.add(other)
        to_ask = beyond - asked
    return found
