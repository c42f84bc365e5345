"""Incidents of all services: filtered, in an order that can be read on from any place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Q

from monitors.domain.searching import number_of
from monitors.models import Incident, Service
from monitors.models.incident import IncidentQuerySet

PAGE_SIZE = 50
BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents to show."""

    is_open: bool | None = None
    service: str = ""
    """The number of a service, or a part of its name as the incident knows it."""
    tag: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """Those of which any part lies between the two."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: open incidents come first, then by time."""

    is_open: bool
    started_at: datetime
    id: int

    @classmethod
    def of(cls, incident: Incident) -> Self:
        return cls(incident.resolved_at is None, incident.started_at, incident.pk)


@dataclass(frozen=True, slots=True)
class IncidentRow:
    incident: Incident
    duration_s: float
    is_snoozed: bool


@dataclass(frozen=True, slots=True)
class IncidentsPage:
    """One page of the list, newest first; those that are open before all others."""

    rows: Sequence[IncidentRow]
    next_place: Place | None
    """Where the next page begins; None on the last."""
    open_count: int
    """Of all services, whatever the filter."""


def incidents_page(wanted: IncidentFilter, after: Place | None, now: datetime) -> IncidentsPage:
    found = _open_first(wanted, after, PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    return IncidentsPage(
        rows=[incident_row(incident, now) for incident in shown],
        next_place=Place.of(shown[-1]) if len(found) > PAGE_SIZE else None,
        open_count=open_count(),
    )


def incident_row(incident: Incident, now: datetime) -> IncidentRow:
    return IncidentRow(incident, incident.duration_s(now), incident.is_snoozed(now))


def service_of(text: str) -> Service | None:
    """Give the service that a filter names by its number."""
    number = number_of(text)
    return None if number is None else Service.objects.only("name").filter(pk=number).first()


def open_count() -> int:
    return Incident.objects.open().count()


def newest_incidents(
    wanted: IncidentFilter, limit: int, before_id: int | None = None
) -> list[Incident]:
    """Give the newest incidents, or the newest before the one with an id; none where it is gone."""
    found = _filtered(wanted)
    if before_id is not None:
        last = Incident.objects.filter(pk=before_id).first()
        if last is None:
            return []
        found = _later_in_order(found, last.started_at, last.pk)
    return list(found[:limit])


def all_incidents(wanted: IncidentFilter) -> Iterator[list[Incident]]:
    """Give every incident, newest first, in batches: however many there are, few are held."""
    batch = newest_incidents(wanted, BATCH_SIZE)
    while batch:
        yield batch
        following = _later_in_order(_filtered(wanted), batch[-1].started_at, batch[-1].pk)
        batch = list(following[:BATCH_SIZE]) if len(batch) == BATCH_SIZE else []


def _open_first(wanted: IncidentFilter, after: Place | None, count: int) -> list[Incident]:
    """Read at most two times, each from where an index begins."""
    found: list[Incident] = []
    all_matching = _filtered(wanted)
    if after is None or after.is_open:
        still_open = all_matching.open()
        if after is not None:
            still_open = _later_in_order(still_open, after.started_at, after.id)
        found = list(still_open[:count])
        after = None
    if len(found) < count:
        resolved = all_matching.exclude(resolved_at=None)
        if after is not None:
            resolved = _later_in_order(resolved, after.started_at, after.id)
        found += resolved[: count - len(found)]
    return found


def _filtered(wanted: IncidentFilter) -> IncidentQuerySet:
    found = Incident.objects.order_by("-started_at", "-id")
    if wanted.is_open is not None:
        found = found.filter(resolved_at__isnull=wanted.is_open)
    if wanted.service:
        found = found.filter(_of_service(wanted.service))
    if wanted.tag:
        found = found.filter(service__in=Service.objects.tagged(wanted.tag).values("pk"))
    if wanted.since is not None:
        found = found.filter(Q(resolved_at=None) | Q(resolved_at__gt=wanted.since))
    if wanted.until is not None:
        found = found.filter(started_at__lt=wanted.until)
    return found


def _of_service(text: str) -> Q:
    number = number_of(text)
    if number is not None:
        return Q(service=number) | Q(service_name=text)
    return Q(service_name__icontains=text)


def _later_in_order(found: IncidentQuerySet, started_at: datetime, pk: int) -> IncidentQuerySet:
    earlier = Q(started_at__lt=started_at)
    # The last condition alone is one that an index can begin at.
    return found.filter(earlier | Q(started_at=started_at, id__lt=pk), started_at__lte=started_at)
