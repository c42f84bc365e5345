"""Stored checks, newest first, paged by key: the last page costs what the first does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from monitors.domain.result import Status
from monitors.models import Service, ServiceStatus
from monitors.models.service_status import ServiceStatusQuerySet

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the log: a check's time, and its id among checks of the same time."""

    checked_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which checks to show. At most one of `older_than` and `newer_than` is set."""

    status: Status | None = None
    since: datetime | None = None
    until: datetime | None = None
    older_than: Cursor | None = None
    newer_than: Cursor | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    checks: Sequence[ServiceStatus]
    newer_cursor: Cursor | None
    older_cursor: Cursor | None


def history_page(service: Service, wanted: HistoryFilter) -> HistoryPage:
    found = _filtered(service, wanted)
    if wanted.newer_than is not None:
        return _page_before(found, wanted.newer_than)
    return _page_after(found, wanted.older_than)


def newest(service: Service, limit: int, before: datetime | None = None) -> list[ServiceStatus]:
    """Give the newest checks, or the newest that began before a moment."""
    found = ServiceStatus.objects.of(service)
    return list((found.before(before) if before else found)[:limit])


def older(service: Service, limit: int, than: int) -> list[ServiceStatus]:
    """Give the newest checks that are older than the one with an id; none where that is gone.

    The oldest go first: what was older than it is gone as well.
    """
    found = ServiceStatus.objects.of(service)
    start = found.filter(pk=than).first()
    return list(_older_than(found, _cursor(start))[:limit]) if start is not None else []


def _older_than(found: ServiceStatusQuerySet, start: Cursor) -> ServiceStatusQuerySet:
    older = Q(checked_at__lt=start.checked_at)
    # The last condition alone is one that an index can begin at.
    return found.filter(
        older | Q(checked_at=start.checked_at, id__lt=start.id), checked_at__lte=start.checked_at
    )


def _filtered(service: Service, wanted: HistoryFilter) -> ServiceStatusQuerySet:
    found = ServiceStatus.objects.of(service)
    if wanted.status is not None:
        found = found.filter(status=wanted.status.value)
    if wanted.since is not None:
        found = found.filter(checked_at__gte=wanted.since)
    if wanted.until is not None:
        found = found.before(wanted.until)
    return found


def _page_after(found: ServiceStatusQuerySet, start: Cursor | None) -> HistoryPage:
    if start is not None:
        found = _older_than(found, start)
    checks = list(found[: PAGE_SIZE + 1])
    shown = checks[:PAGE_SIZE]
    return HistoryPage(
        shown,
        newer_cursor=_cursor(shown[0]) if start and shown else None,
        older_cursor=_cursor(shown[-1]) if len(checks) > PAGE_SIZE else None,
    )


def _page_before(found: ServiceStatusQuerySet, end: Cursor) -> HistoryPage:
    newer = Q(checked_at__gt=end.checked_at)
    found = found.filter(
        newer | Q(checked_at=end.checked_at, id__gt=end.id), checked_at__gte=end.checked_at
    )
    checks = list(found.order_by("checked_at", "id")[: PAGE_SIZE + 1])
    shown = checks[:PAGE_SIZE][::-1]
    return HistoryPage(
        shown,
        newer_cursor=_cursor(shown[0]) if len(checks) > PAGE_SIZE else None,
        older_cursor=_cursor(shown[-1]) if shown else None,
    )


def _cursor(check: ServiceStatus) -> Cursor:
    return Cursor(check.checked_at, check.pk)
