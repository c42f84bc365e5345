"""Uptime day by day of one or many services."""

from collections.abc import Collection
from datetime import datetime, tzinfo

from monitors.domain.uptime_days import DAYS, Day, days, first_moment

from .uptime import Watched, charges_of, stretches_of


def uptime_days(
    services: Collection[Watched], now: datetime, zone: tzinfo, count: int = DAYS
) -> dict[int, tuple[Day, ...]]:
    """Give the last days of services by the clocks of a zone, oldest first, in three queries."""
    start = first_moment(now, zone, count)
    stretches = stretches_of(services, start, now, now)
    charges = charges_of(services, start, now)
    return {
        service.pk: days(stretches[service.pk], charges[service.pk], now, zone, count)
        for service in services
    }
