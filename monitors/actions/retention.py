"""Deletes what has been kept long enough, in small batches, so that nothing waits on it."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from monitors.models import Checker, CheckEvidence, HourlySummary, Service, ServiceStatus

BATCH = 1_000
# Of a checker that is no more.
CHECKER_KEPT = timedelta(days=7)


def expire_checks(service_id: int, before: datetime) -> int:
    """Delete a batch of a service's oldest checks; give how many there were."""
    old = ServiceStatus.objects.filter(service=service_id, checked_at__lt=before)
    ids = list(old.order_by("checked_at", "id").values_list("pk", flat=True)[:BATCH])
    if ids:
        _delete_checks(ids)
    return len(ids)


def expire_hours(service_id: int, before: datetime) -> int:
    """Delete a batch of a service's oldest hourly summaries; give how many there were."""
    old = HourlySummary.objects.filter(service=service_id, starts_at__lt=before)
    ids = list(old.order_by("starts_at").values_list("pk", flat=True)[:BATCH])
    if ids:
        HourlySummary.objects.filter(pk__in=ids).delete()
    return len(ids)


def forget_checkers(now: datetime) -> None:
    Checker.objects.filter(seen_at__lt=now - CHECKER_KEPT).delete()


def kept_for(default_days: int) -> dict[int, timedelta]:
    """Tell how long the checks of each service are kept."""
    days = Service.objects.order_by("pk").values_list("pk", "retention_days")
    return {pk: timedelta(days=own or default_days) for pk, own in days}


def delete_log(service_id: int) -> None:
    """Delete all checks of a service, inside the caller's transaction."""
    checks = ServiceStatus.objects.filter(service=service_id)
    _delete(CheckEvidence.objects.filter(check_row__in=checks.values("pk")))
    _delete(checks)


def _delete_checks(ids: Collection[int]) -> None:
    _delete(CheckEvidence.objects.filter(check_row__in=ids))
    _delete(ServiceStatus.objects.filter(pk__in=ids))


def _delete(rows: "QuerySet[CheckEvidence] | QuerySet[ServiceStatus]") -> None:
    # The ORM's delete() would first read every row, to look for what hangs on it; that is the
    # evidence, and nothing else.
    rows._raw_delete(rows.db)  # noqa: SLF001 - see above
