"""Folds the log into hours, and hours into days.

A summary is always made anew from all it is made of, and put in the place of the one before. So
the work can be broken off anywhere and done again: nothing is counted twice or left out. An hour
is summed up once it is over; results that come in later (a database was away) mark theirs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min, OuterRef, Subquery

from monitors.domain.result import Status
from monitors.domain.rollups import Summary, merge, summarise
from monitors.models import DailySummary, HourlySummary, HourToRedo, Service, ServiceStatus
from monitors.models.rollup import StoredSummary

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Checks that began within an hour are written within this time after it, or mark it.
SETTLES_AFTER = timedelta(minutes=5)
# So much earlier a result counts as late that no transaction falls between the two.
LATE_AFTER = SETTLES_AFTER - timedelta(minutes=1)
_WRITTEN = tuple(name for name in StoredSummary.SUMMED if name not in {"service_id", "starts_at"})


def hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def day_of(moment: datetime) -> datetime:
    return hour_of(moment).replace(hour=0)


def mark_late(moments: Iterable[datetime], now: datetime) -> None:
    """Have the hours of results that are written late summed up again."""
    late = {hour_of(at) for at in moments if now - at > LATE_AFTER}
    if late:
        HourToRedo.objects.bulk_create([HourToRedo(starts_at=hour) for hour in late])


def fold(hour: datetime, group: Collection[int]) -> bool:
    """Sum up an hour of a group of services, and its day; tell whether there was anything."""
    found = _fold_hour(hour, group)
    if found:
        _fold_day(day_of(hour), group)
    return found


def _fold_hour(hour: datetime, group: Collection[int]) -> bool:
    # Named one by one, each service is a short range of the index of the log.
    rows = ServiceStatus.objects.filter(
        service__in=group, checked_at__gte=hour, checked_at__lt=hour + HOUR
    ).values_list("service_id", "status", "response_time_ms")
    found: dict[int, list[tuple[Status, float | None]]] = defaultdict(list)
    for service_id, status, time_ms in rows.iterator(chunk_size=5_000):
        found[service_id].append((Status(status), time_ms))
    _put(HourlySummary, hour, {pk: summarise(results) for pk, results in found.items()})
    return bool(found)


def _fold_day(day: datetime, group: Collection[int]) -> None:
    hours = HourlySummary.objects.between(day, day + DAY).filter(service__in=group)
    found: dict[int, list[Summary]] = defaultdict(list)
    for hour in hours:
        found[hour.service_id].append(hour.summary())
    _put(DailySummary, day, {pk: merge(summaries) for pk, summaries in found.items()})


def next_hour_with_checks(start: datetime | None) -> datetime | None:
    """Give the first hour from `start` on in which anything was checked.

    One look into the index of the log for each service.
    """
    checks = ServiceStatus.objects.filter(service=OuterRef("pk")).order_by("checked_at")
    if start is not None:
        checks = checks.filter(checked_at__gte=start)
    first = Service.objects.annotate(first=Subquery(checks.values("checked_at")[:1]))
    earliest: datetime | None = first.aggregate(earliest=Min("first"))["earliest"]
    return hour_of(earliest) if earliest is not None else None


def _put(
    model: type[HourlySummary] | type[DailySummary],
    starts_at: datetime,
    summaries: dict[int, Summary],
) -> None:
    with transaction.atomic():
        # Services may have been deleted since.
        alive = set(_existing(summaries))
        rows: list[Any] = [
            model.of(service_id, starts_at, summary)
            for service_id, summary in summaries.items()
            if service_id in alive
        ]
        model.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["service", "starts_at"],
            update_fields=list(_WRITTEN),
        )


def _existing(ids: Collection[int]) -> Iterable[int]:
    services = Service.objects.filter(pk__in=ids).order_by("pk")
    return services.select_for_update(no_key=True).values_list("pk", flat=True)
