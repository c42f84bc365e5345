"""Holds what is told of services while something that they depend on is in trouble.

Checks are never held, nor are recoveries. What is not clear yet is looked at at once.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from monitors.domain.alerting import Event
from monitors.domain.dependencies import causes, reached
from monitors.domain.incidents import Ending
from monitors.domain.state import State
from monitors.models import Alert, Incident, Service
from monitors.queries.dependencies import downwards, upwards

from . import due_checks

# So long a failure waits for a check of what it may come from.
WAITS_FOR_CAUSE = timedelta(seconds=60)
# So long after a cause is back its dependents have to follow.
FOLLOWS_WITHIN = timedelta(seconds=30)
_HELD = {Event.DOWN, Event.DEGRADED, Event.FLAPPING, Event.REMINDER}


class _Cause(NamedTuple):
    pk: int
    state: str
    streak_since: datetime | None
    seen_at: datetime | None
    flapping_since: datetime | None

    @property
    def is_in_trouble(self) -> bool:
        """Whether it is DOWN, or fails and that is not confirmed yet."""
        is_failing = self.streak_since is not None and self.state != State.UNKNOWN.value
        return self.state == State.DOWN.value or is_failing

    def was_seen_since(self, moment: datetime) -> bool:
        return self.seen_at is not None and self.seen_at >= moment


def behind_trouble(alerts: Sequence[Alert], now: datetime) -> list[int]:
    """Tell which alerts are held for something that their services depend on."""
    news = [alert for alert in alerts if alert.event in _HELD and alert.service_id is not None]
    edges = upwards({alert.service_id for alert in news if alert.service_id is not None})
    if not edges:
        return []
    above = {pk: causes(pk, edges) for pk in edges}
    known = _causes(set().union(*above.values()), now)
    just_back = _just_back(known, now)
    return [
        alert.pk
        for alert in news
        if any(
            cause.is_in_trouble
            or cause.pk in just_back
            or _is_awaited(cause, alert, now)
            or _flaps_with(cause, alert)
            for pk in above.get(alert.service_id or 0, ())
            if (cause := known.get(pk)) is not None
        )
    ]


def look_around(opened: Sequence[Incident], resolved: Sequence[Incident], now: datetime) -> None:
    """Have what new outages may come from checked at once, and what may follow a recovery.

    After the commit: due times of others are not locked while results are being written.
    """
    ids = _causes_to_check(opened) | _to_follow(resolved) | _causes_back(resolved)
    if ids:
        transaction.on_commit(lambda: due_checks.hasten(ids, now), robust=True)


def _causes(ids: Collection[int], now: datetime) -> dict[int, _Cause]:
    """Read what is being watched; of a paused or stale service nobody knows how it is."""
    fresh = Q(fresh_until=None) | Q(fresh_until__gte=now)
    rows = Service.objects.active().filter(fresh, pk__among=ids)
    columns = rows.values_list("pk", "state", "streak_since", "seen_at", "flapping_since")
    return {row[0]: _Cause(*row) for row in columns}


def _just_back(ids: Collection[int], now: datetime) -> set[int]:
    recovered = Incident.objects.filter(
        service__among=ids,
        ending=Ending.RECOVERED.value,
        resolved_at__gt=now - FOLLOWS_WITHIN,
    )
    return set(recovered.values_list("service_id", flat=True))


def _is_awaited(cause: _Cause, alert: Alert, now: datetime) -> bool:
    """Tell whether nobody has looked at a cause since the service failed first."""
    incident = alert.incident
    if alert.event != Event.DOWN or incident is None:
        return False
    waits = now < alert.created_at + WAITS_FOR_CAUSE
    return waits and not cause.was_seen_since(incident.started_at)


def _flaps_with(cause: _Cause, alert: Alert) -> bool:
    return alert.event == Event.FLAPPING and cause.flapping_since is not None


def _causes_to_check(opened: Sequence[Incident]) -> set[int]:
    since = {one.service_id: one.started_at for one in opened if one.service_id is not None}
    edges = upwards(since) if since else {}
    if not edges:
        return set()
    first = min(since.values())
    unseen = Q(seen_at=None) | Q(seen_at__lt=first)
    above = Service.objects.active().filter(unseen, pk__among=reached(since, edges))
    return set(above.values_list("pk", flat=True))


def _causes_back(resolved: Sequence[Incident]) -> set[int]:
    """Give what is held to be down although something behind it is well again."""
    back = _recovered(resolved)
    edges = upwards(back) if back else {}
    if not edges:
        return set()
    down = Service.objects.active().filter(pk__among=reached(back, edges), state=State.DOWN.value)
    return set(down.values_list("pk", flat=True))


def _to_follow(resolved: Sequence[Incident]) -> set[int]:
    back = _recovered(resolved)
    edges = downwards(back) if back else {}
    if not edges:
        return set()
    strange = Service.objects.active().filter(pk__among=reached(back, edges) - back)
    failing = strange.filter(Q(state=State.DOWN.value) | Q(streak_since__isnull=False))
    return set(failing.values_list("pk", flat=True))


def _recovered(resolved: Sequence[Incident]) -> set[int]:
    return {
        one.service_id
        for one in resolved
        if one.service_id is not None and one.ending == Ending.RECOVERED.value
    }
