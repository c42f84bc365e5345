"""Takes due services under a lease, so that any number of checkers share the work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from monitors.domain.spec import CheckSpec
from monitors.models import Service

# What a lease lasts beyond the check's own deadline: time to judge and to record.
LEASE_MARGIN_S = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """One due service that this checker has to itself until the lease ends."""

    service_id: int
    spec: CheckSpec
    due_at: datetime


def take(limit: int, now: datetime) -> list[Claim]:
    """Claim up to `limit` due services, the longest overdue first.

    Of many checkers each gets services of its own: on PostgreSQL rows that another has locked
    are skipped, on SQLite the transaction is the only writer. A checker that dies leaves leases
    that run out, and its services are due again.
    """
    with transaction.atomic():
        due = Service.objects.due(now).select_for_update(skip_locked=True)
        services = list(due[:limit])
        for seconds in {service.timeout_s for service in services}:
            ids = [service.pk for service in services if service.timeout_s == seconds]
            lease_until = now + timedelta(seconds=seconds + LEASE_MARGIN_S)
            Service.objects.filter(pk__in=ids).update(lease_until=lease_until)
    return [_claim(service) for service in services]


def release(service_ids: list[int]) -> None:
    """Give back claims that were not checked; they are due again at once."""
    Service.objects.filter(pk__in=service_ids).update(lease_until=None)


def _claim(service: Service) -> Claim:
    due_at = service.next_check_at
    if due_at is None:
        raise ValueError(f"{service.name} is claimed but not due")
    return Claim(service.pk, service.check_spec(), due_at)
