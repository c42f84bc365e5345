"""Reports by e-mail, as their page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from monitors.domain.report_ranges import Every
from monitors.models import ReportSchedule

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    schedule: ReportSchedule
    tags: Sequence[str]
    services: int
    """How many are named."""
    next_at: datetime | None
    """None where nothing comes of it at present."""
    why_not: str


def schedule_rows(now: datetime) -> list[ScheduleRow]:
    """Give the schedules by name, in three queries."""
    found = ReportSchedule.objects.select_related("channel").prefetch_related("tags")[:MOST_LISTED]
    named = ReportSchedule.services.through.objects.values_list("reportschedule_id")
    counts = dict(named.annotate(Count("pk")))
    return [_row(schedule, counts.get(schedule.pk, 0), now) for schedule in found]


def _row(schedule: ReportSchedule, services: int, now: datetime) -> ScheduleRow:
    why_not = _why_not(schedule)
    next_at = None if why_not else Every(schedule.every).next_at(now, schedule.zone())
    tags = [tag.name for tag in schedule.tags.all()]
    return ScheduleRow(schedule, tags, services, next_at, why_not)


def _why_not(schedule: ReportSchedule) -> str:
    if not schedule.enabled:
        return "disabled"
    if not schedule.channel.enabled:
        return "its channel is disabled"
    return "its services are deleted" if schedule.orphaned else ""
