"""Maintenance as the API takes and gives it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.db.models import Window
from django.db.models.functions import RowNumber
from ninja import Schema
from pydantic import Field

from monitors.actions.maintenance import Plan
from monitors.actions.occurrences import COMING, schedule_of
from monitors.domain.maintenance import LONGEST, SHORTEST, Schedule
from monitors.domain.recurrence import MAX_RULE_LENGTH
from monitors.domain.tags import MAX_TAG_LENGTH, MAX_TAGS
from monitors.models import MaintenanceOccurrence, MaintenanceWindow
from monitors.models.service import MAX_NAME_LENGTH

from .moment import Moment
from .settings import Settings

MAX_SERVICES = 500

Name = Annotated[
    str,
    Field(min_length=1, max_length=MAX_NAME_LENGTH, json_schema_extra={"format": "single-line"}),
]
Start = Annotated[
    Moment,
    Field(strict=False, description="the first time; at most 5 years back or 10 years ahead"),
]
Duration = Annotated[
    int,
    Field(ge=int(SHORTEST.total_seconds()), le=int(LONGEST.total_seconds())),
]
RecurrenceRule = Annotated[
    str,
    Field(
        max_length=MAX_RULE_LENGTH,
        description="RFC 5545, without DTSTART, hourly at most; null or empty: once",
        json_schema_extra={"format": "rrule"},
    ),
]
Zone = Annotated[
    str,
    Field(
        max_length=64,
        description="whose clocks show the times of the rule, like Europe/Berlin",
        json_schema_extra={"format": "time-zone"},
    ),
]
ServiceId = Annotated[int, Field(ge=1, lt=2**63)]
TagName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TAG_LENGTH,
        pattern=r"^[^,]*[^,\s][^,]*$",
        json_schema_extra={"format": "tag"},
    ),
]
Services = Annotated[
    list[ServiceId],
    Field(max_length=MAX_SERVICES, description="ids; no services and no tags: all services"),
]
Tags = Annotated[list[TagName], Field(max_length=MAX_TAGS)]


class MaintenanceIn(Settings):
    """Maintenance to plan. One in the past is charged at once."""

    name: Name = Field(..., examples=["Database move"])
    starts_at: Start
    duration_s: Duration
    rrule: RecurrenceRule | None = None
    time_zone: Zone = "UTC"
    services: Services = []
    tags: Tags = []


class MaintenancePatch(Settings):
    """What is to change; what was covered already stays covered."""

    name: Name | None = None
    starts_at: Start | None = None
    duration_s: Duration | None = None
    rrule: RecurrenceRule | None = None
    time_zone: Zone | None = None
    services: Services | None = None
    tags: Tags | None = None


class OccurrenceOut(Schema):
    starts_at: datetime
    ends_at: datetime


class MaintenanceOut(Schema):
    id: int
    name: str
    starts_at: datetime
    duration_s: int
    rrule: str | None = Field(..., description="null for once")
    time_zone: str
    services: list[int]
    tags: list[str]
    for_all: bool = Field(
        ..., description="false with no services and no tags: those it named are deleted"
    )
    next: list[OccurrenceOut] = Field(..., description="the coming five, first one that lasts")


def plan_of(data: MaintenanceIn) -> Plan:
    return Plan(
        data.name,
        Schedule(
            data.starts_at, timedelta(seconds=data.duration_s), data.rrule or "", data.time_zone
        ),
        frozenset(data.services),
        frozenset(tag.strip() for tag in data.tags),
        for_all=not data.services and not data.tags,
    )


def changed_plan(window: MaintenanceWindow, data: MaintenancePatch) -> Plan:
    """Put what is given over what a window is; null leaves all as it is but the rule."""
    given = data.model_dump(exclude_unset=True)
    said = {name: value for name, value in given.items() if value is not None}
    before = schedule_of(window)
    services, tags = _services_of([window.pk])[window.pk], _tags_of([window.pk])[window.pk]
    is_covered_anew = bool({"services", "tags"} & said.keys())
    services, tags = said.get("services", services), said.get("tags", tags)
    return Plan(
        said.get("name", window.name),
        Schedule(
            said.get("starts_at", before.starts_at),
            timedelta(seconds=said.get("duration_s", window.duration_s)),
            (given["rrule"] or "") if "rrule" in given else before.rrule,
            said.get("time_zone", before.time_zone),
        ),
        frozenset(services),
        frozenset(tag.strip() for tag in tags),
        for_all=not services and not tags and (is_covered_anew or not window.orphaned),
    )


def maintenance_out(window: MaintenanceWindow, now: datetime) -> dict[str, Any]:
    return windows_out([window], now)[0]


def windows_out(windows: Sequence[MaintenanceWindow], now: datetime) -> list[dict[str, Any]]:
    """Give the API's view of windows, in three queries."""
    ids = [window.pk for window in windows]
    services, tags, coming = _services_of(ids), _tags_of(ids), _coming(ids, now)
    return [
        {
            "id": window.pk,
            "name": window.name,
            "starts_at": window.starts_at,
            "duration_s": window.duration_s,
            "rrule": window.rrule or None,
            "time_zone": window.time_zone,
            "services": services[window.pk],
            "tags": tags[window.pk],
            "for_all": not (services[window.pk] or tags[window.pk] or window.orphaned),
            "next": coming[window.pk],
        }
        for window in windows
    ]


def _coming(ids: Collection[int], now: datetime) -> dict[int, list[dict[str, datetime]]]:
    found: dict[int, list[dict[str, datetime]]] = defaultdict(list)
    place = Window(RowNumber(), partition_by="window", order_by="starts_at")
    rows = MaintenanceOccurrence.objects.filter(window__in=ids, ends_at__gt=now)
    for window_id, starts_at, ends_at in (
        rows.annotate(place=place)
        .filter(place__lte=COMING)
        .order_by("starts_at")
        .values_list("window_id", "starts_at", "ends_at")
    ):
        found[window_id].append({"starts_at": starts_at, "ends_at": ends_at})
    return found


def _services_of(ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    through = MaintenanceWindow.services.through.objects.filter(maintenancewindow__in=ids)
    for window_id, pk in through.order_by("service_id").values_list(
        "maintenancewindow_id", "service_id"
    ):
        found[window_id].append(pk)
    return found


def _tags_of(ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    through = MaintenanceWindow.tags.through.objects.filter(maintenancewindow__in=ids)
    for window_id, name in through.order_by("tag__name").values_list(
        "maintenancewindow_id", "tag__name"
    ):
        found[window_id].append(name)
    return found
