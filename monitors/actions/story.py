"""Where the story of services goes on: periods, incidents and what is to be told of them.

Whatever moves a service (results, edits, a pause, its deletion) passes here, with all the services
that move at once, inside the transaction that moves them.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import F

from monitors.domain.incidents import Ending
from monitors.domain.state import State, Transition
from monitors.models import Exclusion
from monitors.queries.maintenance import covered

from . import alerts, dependencies, flapping, incidents, periods

# While a service is in maintenance, neither begins.
_TROUBLE = (State.DOWN, State.DEGRADED)


def follow(
    moves: Mapping[int, Sequence[Transition]], now: datetime, *, ending: Ending | None = None
) -> None:
    """Write what the transitions of services, in order of their time, mean.

    The services stand in the database as they are after them. `ending` is what resolves the
    incidents that are still open then. Where nothing moves, nothing is asked of the database.
    """
    moved = {pk: steps for pk, steps in moves.items() if steps or ending is not None}
    if not moved:
        return
    periods.write(moved)
    troubled = [pk for pk, steps in moved.items() if any(step.new in _TROUBLE for step in steps)]
    in_maintenance = covered(troubled, now) if troubled else set()
    changed = incidents.follow(moved, now, ending=ending, in_maintenance=in_maintenance)
    alerts.plan_opened(changed.opened, now)
    alerts.plan_resolved(changed.resolved, now)
    told = {pk: steps for pk, steps in moved.items() if pk not in in_maintenance}
    alerts.plan_degraded(alerts.became_degraded(told), now)
    flapping.follow(changed.opened, now)
    dependencies.look_around(changed.opened, changed.resolved, now)


def follow_maintenance(service_ids: Collection[int], ended_at: datetime, now: datetime) -> None:
    """Open the incidents of what still fails after maintenance: they begin at its end.

    What became degraded in it, and still is, is told now.
    """
    still_covered = covered(service_ids, now)
    over = [pk for pk in service_ids if pk not in still_covered]
    alerts.plan_opened(incidents.open_late(over, ended_at).opened, now)
    slow = Exclusion.objects.filter(
        service__among=over,
        service__state=State.DEGRADED.value,
        service__state_since__gte=F("started_at"),
        service__state_since__lt=ended_at,
        occurrence__isnull=False,
        ended_at=ended_at,
    )
    alerts.plan_degraded(dict(slow.values_list("service_id", "service__state_since")), now)
