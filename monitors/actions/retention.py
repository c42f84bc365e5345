"""Deletes what has been kept long enough, in small batches, so that nothing waits on it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from monitors.domain.alerting import Fate
from monitors.models import (
    Alert,
    Checker,
    CheckEvidence,
    DailySummary,
    DeliveryAttempt,
    HourlySummary,
    Incident,
    LogToDelete,
    Message,
    Service,
    ServiceStatus,
)
from monitors.models.deleted_service import KEPT_FOR

BATCH = 1_000
_SUMMARIES = (HourlySummary, DailySummary)
SERVICES_AT_ONCE = 100
# Of a checker that is no more.
CHECKER_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Group:
    """Services whose checks are kept for the same time, few enough for one statement."""

    service_ids: tuple[int, ...]
    checks_kept: timedelta


def groups(default_days: int) -> list[Group]:
    """Put every service into a group."""
    by_days: dict[int, list[int]] = defaultdict(list)
    for pk, own in Service.objects.order_by("pk").values_list("pk", "retention_days"):
        by_days[own or default_days].append(pk)
    return [
        Group(tuple(ids[place : place + SERVICES_AT_ONCE]), timedelta(days=days))
        for days, ids in by_days.items()
        for place in range(0, len(ids), SERVICES_AT_ONCE)
    ]


def expire_checks(service_ids: Collection[int], before: datetime) -> int:
    """Delete a batch of the oldest checks of some services; give how many there were."""
    old = ServiceStatus.objects.filter(service__in=service_ids, checked_at__lt=before)
    # The order of the index, backwards: without one PostgreSQL may read the table instead.
    ids = list(old.order_by("-service", "checked_at").values_list("pk", flat=True)[:BATCH])
    if ids:
        _delete_checks(ids)
    return len(ids)


def expire_hours(service_ids: Collection[int], before: datetime) -> int:
    """Delete a batch of the oldest hourly summaries of some services; give how many there were."""
    old = HourlySummary.objects.filter(service__in=service_ids, starts_at__lt=before)
    ids = list(old.order_by("service", "starts_at").values_list("pk", flat=True)[:BATCH])
    if ids:
        HourlySummary.objects.filter(pk__in=ids).delete()
    return len(ids)


def expire_alerts(before: datetime) -> int:
    """Delete a batch of the oldest alerts that are done with; give how many there were.

    Those of an incident that is still open stay: they say who is to be told of its end.
    """
    old = Alert.objects.filter(created_at__lt=before).exclude(fate=Fate.WAITING.value)
    old = old.exclude(incident__in=Incident.objects.open())
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if ids:
        _delete(Alert.objects.filter(pk__among=ids))
    return len(ids)


def expire_messages(before: datetime) -> int:
    """Delete a batch of the oldest messages that tell of nothing any more; give their number."""
    old = Message.objects.filter(created_at__lt=before, next_try_at=None, alerts=None)
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if ids:
        with transaction.atomic():
            _delete(DeliveryAttempt.objects.filter(message__among=ids))
            _delete(Message.objects.filter(pk__among=ids))
    return len(ids)


def forget_checkers(now: datetime) -> None:
    Checker.objects.filter(seen_at__lt=now - CHECKER_KEPT).delete()


def logs_to_delete(now: datetime) -> QuerySet[LogToDelete]:
    """Give what is to be deleted of services that can be had back no longer."""
    return LogToDelete.objects.filter(deleted_at__lt=now - KEPT_FOR)


def delete_left_log(now: datetime) -> bool:
    """Delete a batch of the checks of a service that is no more; tell whether there was one.

    Its summaries go with the last of them.
    """
    left = logs_to_delete(now).order_by("deleted_at").first()
    if left is None:
        return False
    checks = ServiceStatus.objects.filter(service=left.service_id)
    summaries = [kind.objects.filter(service=left.service_id) for kind in _SUMMARIES]
    if Service.objects.filter(pk=left.service_id).exists():
        # SQLite counts on from the greatest id that is left when a migration remakes the table.
        checks = checks.before(left.deleted_at)
        summaries = [found.filter(starts_at__lt=left.deleted_at) for found in summaries]
    ids = list(checks.order_by("-service", "checked_at").values_list("pk", flat=True)[:BATCH])
    if ids:
        _delete_checks(ids)
    if len(ids) < BATCH:
        for found in summaries:
            found.delete()
        left.delete()
    return True


def delete_short_log(service_id: int) -> None:
    """Delete the few checks of a deleted service at once, inside the caller's transaction."""
    checks = ServiceStatus.objects.filter(service=service_id)
    _delete_checks(list(checks.values_list("pk", flat=True)))
    for kind in _SUMMARIES:
        kind.objects.filter(service=service_id).delete()
    LogToDelete.objects.filter(pk=service_id).delete()


def _delete_checks(ids: Collection[int]) -> None:
    _delete(CheckEvidence.objects.filter(check_row__in=ids))
    _delete(ServiceStatus.objects.filter(pk__in=ids))


def _delete(rows: "QuerySet[Any]") -> None:
    # The ORM's delete() would first read every row, to look for what hangs on it; nothing does any
    # more.
    rows._raw_delete(rows.db)  # noqa: SLF001 - see above
