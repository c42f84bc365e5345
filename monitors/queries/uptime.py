"""Uptime of one or many services in a window, from their periods and what was reclassified."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple, Protocol

from django.db.models import Q

from monitors.domain.incidents import IncidentCause
from monitors.domain.state import State
from monitors.domain.uptime import Charge, Stretch, Uptime, until_fresh, uptime
from monitors.domain.uptime_days import Day, days
from monitors.models import Exclusion, Period, Service

from .listed import Listed
from .maintenance import planned_stretches

LONGEST = timedelta(days=365)
WINDOWS = (
    ("24 hours", timedelta(hours=24)),
    ("7 days", timedelta(days=7)),
    ("30 days", timedelta(days=30)),
    ("90 days", timedelta(days=90)),
    ("365 days", LONGEST),
)


class Watched(Protocol):
    """What must be known of a service to read its periods."""

    @property
    def pk(self) -> int: ...

    @property
    def fresh_until(self) -> datetime | None: ...


class _Failed(NamedTuple):
    pk: int
    fresh_until: datetime | None


@dataclass(frozen=True, slots=True)
class UptimeFigure:
    """The uptime of one window up to now."""

    label: str
    uptime: Uptime | None
    """None where a shorter window holds all that there is of the service."""
    is_cut: bool
    """Whether the service is younger than the window."""

    @property
    def watched_s(self) -> float:
        """What the percentage speaks of."""
        return self.uptime.seen_s if self.uptime else 0.0


@dataclass(frozen=True, slots=True)
class Lived:
    """What a service has been through, and what was reclassified of it."""

    stretches: list[Stretch]
    charges: list[Charge]


@dataclass(frozen=True, slots=True)
class UptimeRecord:
    """A service's uptime in each usual window, and day by day."""

    figures: tuple[UptimeFigure, ...]
    days: tuple[Day, ...]
    """Oldest first."""


def uptime_between(service: Service, start: datetime, end: datetime, now: datetime) -> Uptime:
    """Give the uptime of one service; what lies before its creation or ahead is unknown."""
    return uptimes_between([service], start, end, now)[service.pk]


def uptimes_between(
    services: Collection[Watched], start: datetime, end: datetime, now: datetime
) -> dict[int, Uptime]:
    """Give the uptime of many services, in three queries."""
    found = stretches_of(services, start, end, now)
    charges = charges_of(services, start, end)
    return {
        service.pk: uptime(found[service.pk], start, end, charges[service.pk])
        for service in services
    }


def lived(service: Service, start: datetime, now: datetime) -> Lived:
    """Read what a service has been through since a moment, in three queries."""
    return Lived(
        stretches_of([service], start, now, now)[service.pk],
        charges_of([service], start, now)[service.pk],
    )


def uptime_record(service: Service, past: Lived, now: datetime, zone: tzinfo) -> UptimeRecord:
    """Give the uptime of every usual window, and of days in a zone."""
    figures = []
    age, known_whole = now - service.created_at, False
    for label, length in WINDOWS:
        # What was before there was a service is no gap.
        since = max(now - length, service.created_at)
        found = None if known_whole else uptime(past.stretches, since, now, past.charges)
        figures.append(UptimeFigure(label, found, is_cut=age < length))
        known_whole = age <= length
    return UptimeRecord(tuple(figures), days(past.stretches, past.charges, now, zone))


def uptimes_of_many(
    services: Collection[Listed], lengths: Sequence[timedelta], now: datetime
) -> dict[int, list[Uptime]]:
    """Give the uptime of many services in windows up to now, in three queries."""
    start = now - max(lengths)
    # What a service has been in since before then is all there is to know of it.
    changed = [service for service in services if service.state_since > start]
    found = stretches_of(changed, start, now, now)
    for service in services:
        if service.state_since <= start:
            state, fresh_until = State(service.state), service.fresh_until
            found[service.pk] = [*until_fresh(state, service.state_since, fresh_until, now)]
    charges = charges_of(services, start, now)
    return {
        service.pk: [
            uptime(found[service.pk], now - length, now, charges[service.pk]) for length in lengths
        ]
        for service in services
    }


def lowest_uptime(length: timedelta, now: datetime) -> dict[int, float]:
    """Give the uptime in percent up to now of every service that was down, in four queries."""
    start = now - length
    outages = Period.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=start), state=State.DOWN.value
    ).values("service_id")
    fields = ("pk", "fresh_until")
    failed = [_Failed(*row) for row in Service.objects.filter(pk__in=outages).values_list(*fields)]
    found = uptimes_between(failed, start, now, now)
    return {pk: of.percent for pk, of in found.items() if of.percent is not None}


def stretches_of(
    services: Collection[Watched], start: datetime, end: datetime, now: datetime
) -> dict[int, list[Stretch]]:
    """Give what is known of services in a window; of an open period only what is fresh."""
    by_id = {service.pk: service for service in services}
    lasting = Q(ended_at=None) | Q(ended_at__gt=start)
    periods = Period.objects.filter(lasting, service__among=by_id, started_at__lt=end)
    found: dict[int, list[Stretch]] = defaultdict(list)
    for service_id, state, started_at, ended_at in periods.values_list(
        "service_id", "state", "started_at", "ended_at"
    ):
        if ended_at is not None:
            found[service_id].append(Stretch(State(state), started_at, ended_at))
        else:
            fresh_until = by_id[service_id].fresh_until
            found[service_id] += until_fresh(State(state), started_at, fresh_until, now)
    return found


def charges_of(
    services: Collection[Watched], start: datetime, end: datetime
) -> dict[int, list[Charge]]:
    """Give maintenance that is not charged yet, then what was, in the order in which it was."""
    ids = [service.pk for service in services]
    exclusions = Exclusion.objects.filter(
        service__among=ids, started_at__lt=end, ended_at__gt=start
    ).order_by("created_at", "id")
    found: dict[int, list[Charge]] = defaultdict(list)
    for service_id, stretches in planned_stretches(ids, start, end).items():
        found[service_id] += [Charge(IncidentCause.PLANNED, *stretch) for stretch in stretches]
    for service_id, cause, started_at, ended_at in exclusions.values_list(
        "service_id", "cause", "started_at", "ended_at"
    ):
        found[service_id].append(Charge(IncidentCause(cause), started_at, ended_at))
    return found
