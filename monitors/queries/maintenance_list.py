"""The maintenance page: what lasts, what is to come, what is past; and what one service is in."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q

from monitors.domain.repeats import in_words
from monitors.models import MaintenanceOccurrence, MaintenanceWindow, Service

PAGE = 50


@dataclass(frozen=True, slots=True)
class Planned:
    """One line: a window, and one of its times."""

    id: int
    """Of the window."""
    name: str
    starts_at: datetime
    ends_at: datetime
    repeats: str
    """In words."""
    covers: str
    """In words: "all services", "3 services, tag db"."""
    created_by: str
    is_removed: bool


@dataclass(frozen=True, slots=True)
class MaintenancePage:
    running: tuple[Planned, ...]
    coming: tuple[Planned, ...]
    """Each window by its next time, the nearest first."""
    more_coming: int
    """How many windows are not shown."""
    past: tuple[Planned, ...]
    """The newest first."""
    older: int | None
    """Where the next page of what is past begins; None where there is none."""

    @property
    def is_empty(self) -> bool:
        return not (self.running or self.coming or self.past)


def maintenance_page(now: datetime, skip_past: int = 0) -> MaintenancePage:
    """Read the page, in six queries."""
    kept = MaintenanceOccurrence.objects.filter(window__removed_at=None)
    running = kept.at(now).order_by("ends_at", "id")[: 4 * PAGE]
    begins = Min("occurrences__starts_at", filter=Q(occurrences__starts_at__gt=now))
    windows = MaintenanceWindow.objects.filter(removed_at=None).annotate(begins=begins)
    waiting = windows.exclude(begins=None)
    next_ones = list(waiting.order_by("begins", "pk").values_list("pk", "begins")[:PAGE])
    count = waiting.count() if len(next_ones) == PAGE else len(next_ones)
    is_next = Q(pk=None)
    for window_id, begins_at in next_ones:
        is_next |= Q(window=window_id, starts_at=begins_at)
    coming = MaintenanceOccurrence.objects.filter(is_next).order_by("starts_at", "id")
    ended = MaintenanceOccurrence.objects.filter(ends_at__lte=now).order_by("-ends_at", "-id")
    past = list(ended.select_related("window")[skip_past : skip_past + PAGE + 1])
    groups = (
        list(running.select_related("window")),
        list(coming.select_related("window")),
        past[:PAGE],
    )
    told = _told([occurrence for group in groups for occurrence in group])
    lasting, to_come, over = (tuple(map(told, group)) for group in groups)
    older = skip_past + PAGE if len(past) > PAGE else None
    return MaintenancePage(lasting, to_come, count - len(next_ones), over, older)


@dataclass(frozen=True, slots=True)
class OfService:
    """The maintenance of one service."""

    running: Planned | None
    """That which ends last, of what lasts."""
    coming: Planned | None


def of_service(service_id: int, now: datetime) -> OfService:
    """Tell what maintenance a service is in, and what comes next, in one query."""
    tag_ids = Service.tags.through.objects.filter(service=service_id).values("tag_id")
    named = _names(MaintenanceWindow.services.through)
    tagged = _names(MaintenanceWindow.tags.through)
    reaching = (
        Exists(named.filter(service=service_id))
        | Exists(tagged.filter(tag__in=tag_ids))
        | (~Exists(named) & ~Exists(tagged) & Q(window__orphaned=False))
    )
    to_come = MaintenanceOccurrence.objects.filter(
        reaching, followed_up_at=None, ends_at__gt=now, window__removed_at=None
    ).select_related("window")
    rows = list(to_come.order_by("starts_at", "id")[:PAGE])
    running = [row for row in rows if row.starts_at <= now]
    coming = next((row for row in rows if row.starts_at > now), None)
    last = max(running, key=lambda row: row.ends_at, default=None)
    return OfService(
        _planned(last, "") if last is not None else None,
        _planned(coming, "") if coming is not None else None,
    )


def _names(through: Any) -> Any:
    return through.objects.filter(maintenancewindow=OuterRef("window"))


def _told(occurrences: Sequence[MaintenanceOccurrence]) -> Any:
    covers = _covers({occurrence.window for occurrence in occurrences})
    return lambda occurrence: _planned(occurrence, covers[occurrence.window_id])


def _planned(occurrence: MaintenanceOccurrence, covers: str) -> Planned:
    window = occurrence.window
    return Planned(
        window.pk,
        window.name,
        occurrence.starts_at,
        occurrence.ends_at,
        in_words(window.rrule),
        covers,
        window.created_by,
        window.removed_at is not None,
    )


def _covers(windows: Collection[MaintenanceWindow]) -> dict[int, str]:
    ids = [window.pk for window in windows]
    services = MaintenanceWindow.services.through.objects.filter(maintenancewindow__in=ids)
    counted = services.values_list("maintenancewindow_id").annotate(count=Count("pk"))
    counts = dict(counted.order_by())
    tags: dict[int, list[str]] = defaultdict(list)
    through = MaintenanceWindow.tags.through.objects.filter(maintenancewindow__in=ids)
    for window_id, name in through.order_by("tag__name").values_list(
        "maintenancewindow_id", "tag__name"
    ):
        tags[window_id].append(name)
    return {
        window.pk: _scope(counts.get(window.pk, 0), tags[window.pk], window) for window in windows
    }


def _scope(count: int, tags: Sequence[str], window: MaintenanceWindow) -> str:
    parts = [f"{count} service{'' if count == 1 else 's'}"] if count else []
    parts += [f"tag {tag}" for tag in tags]
    if parts:
        return ", ".join(parts)
    return "no services: those it named are deleted" if window.orphaned else "all services"
