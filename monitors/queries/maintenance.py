"""Which services are in maintenance, and when."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from monitors.models import MaintenanceOccurrence, MaintenanceWindow, Service


def covered(service_ids: Collection[int], at: datetime) -> set[int]:
    """Give those of some services that are in maintenance at a moment.

    One query while there is no maintenance, four else.
    """
    # Nothing that lasts has been followed up: so the index of what has not finds it.
    lasting = MaintenanceOccurrence.objects.at(at).filter(followed_up_at=None)
    occurrences = lasting.filter(window__removed_at=None)
    window_ids = set(occurrences.values_list("window_id", flat=True))
    return set().union(*reached(window_ids, service_ids).values())


def planned_stretches(
    service_ids: Collection[int], start: datetime, end: datetime
) -> dict[int, list[tuple[datetime, datetime]]]:
    """Give the maintenance in a window of time that is not charged to the services yet.

    That which lasts, and that whose end nobody has followed up. Queries as for `covered`.
    """
    occurrences = MaintenanceOccurrence.objects.filter(
        followed_up_at=None, starts_at__lt=end, ends_at__gt=start
    ).order_by("starts_at", "id")
    rows = list(occurrences.values_list("window_id", "starts_at", "ends_at"))
    by_window = reached({window_id for window_id, _, _ in rows}, service_ids)
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for window_id, starts_at, ends_at in rows:
        for service_id in by_window[window_id]:
            found[service_id].append((starts_at, ends_at))
    return found


def reached(
    window_ids: Collection[int], service_ids: Collection[int] | None = None
) -> dict[int, set[int]]:
    """Give the services that each window is for, of some services or of all."""
    found: dict[int, set[int]] = {window_id: set() for window_id in window_ids}
    if not window_ids:
        return found
    for window_id in _for_all(window_ids):
        found[window_id].update(_all_ids() if service_ids is None else service_ids)
    named = MaintenanceWindow.services.through.objects.filter(maintenancewindow__in=window_ids)
    tagged = Service.tags.through.objects.filter(tag__maintenance_windows__in=window_ids)
    pairs = [
        (named, ("maintenancewindow_id", "service_id")),
        (tagged, ("tag__maintenance_windows", "service_id")),
    ]
    among = Q() if service_ids is None else Q(service__among=service_ids)
    for rows, columns in pairs:
        for window_id, service_id in rows.filter(among).values_list(*columns):
            found[window_id].add(service_id)
    return found


def _for_all(window_ids: Collection[int]) -> Any:
    """Find the windows that name nothing; one that has lost what it named is for none."""

    def names(through: Any) -> Exists:
        return Exists(through.objects.filter(maintenancewindow=OuterRef("pk")))

    windows = MaintenanceWindow.objects.filter(pk__in=window_ids, orphaned=False)
    named, tagged = MaintenanceWindow.services.through, MaintenanceWindow.tags.through
    return windows.filter(~names(named), ~names(tagged)).values_list("pk", flat=True)


def _all_ids() -> Any:
    return Service.objects.values_list("pk", flat=True)
