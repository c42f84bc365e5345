"""Writes when a service is to be checked next, inside the caller's transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from monitors.domain.schedule import next_beat
from monitors.models import DueCheck, Service

_TIMES = ["due_at", "lease_until", "holder"]
_WORDS = ["last_status", "last_beat_at", "last_checked_at", "last_ended_at"]


def schedule(service: Service, now: datetime, *, forget: bool = False) -> None:
    """Make a service due at once from each of its locations; a paused one nowhere.

    `forget`: what the locations said last is of another address.

    A check that is under way asks by settings of before: its result is not taken any more, since
    it answers another due time.
    """
    wanted = [] if service.paused else service.checked_from()
    DueCheck.objects.filter(service=service).exclude(location__in=wanted).delete()
    _put([service], now, [*_TIMES, *_WORDS] if forget else _TIMES)


def schedule_many(services: Iterable[Service], now: datetime) -> None:
    """Make services that were just paused or resumed due at once from their locations, or nowhere.

    While it was paused, a service was due nowhere: there is nothing to be taken away but that.
    """
    services = list(services)
    paused = [service.pk for service in services if service.paused]
    DueCheck.objects.filter(service__among=paused).delete()
    _put(services, now, _TIMES)


def _put(services: Iterable[Service], now: datetime, columns: list[str]) -> None:
    DueCheck.objects.bulk_create(
        [
            DueCheck(service=service, location=location, due_at=now)
            for service in services
            if not service.paused
            for location in service.checked_from()
        ],
        update_conflicts=True,
        unique_fields=["service", "location"],
        update_fields=columns,
    )


def pass_over(service_id: int, location: str, due_at: datetime, now: datetime) -> None:
    """Let a due time go unanswered: the service is checked again at its next beat."""
    service = Service.objects.filter(pk=service_id)
    for interval_s in service.values_list("interval_s", flat=True):
        open_due = DueCheck.objects.filter(service=service_id, location=location, due_at=due_at)
        open_due.update(due_at=next_beat(service_id, interval_s, now), lease_until=None)


def hasten(service_ids: Collection[int], now: datetime) -> int:
    """Make services due at once; give how many there are that are due at all.

    What a checker has taken, or is just writing, is about to be answered anyway.
    """
    due = DueCheck.objects.filter(service__among=service_ids)
    free = due.filter(lease_until=None, due_at__gt=now).select_for_update(skip_locked=True)
    with transaction.atomic():
        by_location: dict[str, list[int]] = defaultdict(list)
        for service_id, location in free.values_list("service_id", "location"):
            by_location[location].append(service_id)
        for location, ids in by_location.items():
            DueCheck.objects.filter(location=location, service__among=ids).update(due_at=now)
    return due.values("service").distinct().count()
