"""Which services are in maintenance."""

from collections.abc import Collection
from datetime import datetime

from monitors.models import MaintenanceOccurrence

from .audience import tag_ids_of


def covered(service_ids: Collection[int], at: datetime) -> set[int]:
    """Give those of some services that are in maintenance at a moment.

    One query while there is no maintenance, four else.
    """
    occurrences = MaintenanceOccurrence.objects.at(at).filter(window__removed_at=None)
    windows = {
        occurrence.window
        for occurrence in occurrences.select_related("window").prefetch_related(
            "window__tags", "window__services"
        )
    }
    found: set[int] = set()
    tags = tag_ids_of(service_ids) if any(window.tags.all() for window in windows) else {}
    for window in windows:
        tag_ids = {tag.pk for tag in window.tags.all()}
        named = {service.pk for service in window.services.all()}
        if not tag_ids and not named:
            found |= set() if window.orphaned else set(service_ids)
            continue
        found |= named & set(service_ids)
        found |= {pk for pk in service_ids if not tag_ids.isdisjoint(tags.get(pk, ()))}
    return found
