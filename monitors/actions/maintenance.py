"""Plan maintenance, change it, end it and take it back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from monitors.domain.maintenance import Schedule
from monitors.models import MaintenanceWindow, Service, Tag
from monitors.models.service import MAX_NAME_LENGTH

from . import occurrences

HOUR = timedelta(hours=1)
# Of a window that has come often already; the rest is followed up by the checker.
CHARGED_AT_ONCE = 20


class NoSuchService(Exception):  # noqa: N818 - reads as what it is at every raise
    """A service that is to be covered is not there, or not any more."""

    def __init__(self, missing: Collection[int]) -> None:
        super().__init__(f"There is no service {', '.join(map(str, sorted(missing)[:5]))}.")


class Over(Exception):  # noqa: N818 - reads as what it is at every raise
    """What is to be changed lies in the past."""

    def __str__(self) -> str:
        return "This maintenance is over, and what it covered stays covered. Plan another one."


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wants to have planned; the schedule is `checked`."""

    name: str
    schedule: Schedule
    service_ids: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()
    for_all: bool = False
    """For all services, when it names none and no tags; else for none."""


@transaction.atomic
def create(plan: Plan, now: datetime, by: str) -> MaintenanceWindow:
    """Plan maintenance; what of it lies in the past is charged at once. Raises NoSuchService."""
    window = MaintenanceWindow(created_at=now, created_by=by)
    _take_over(window, plan)
    window.save(force_insert=True)
    _cover(window, plan)
    occurrences.plan(window, now)
    occurrences.follow_up_window(window, now, at_most=CHARGED_AT_ONCE)
    return window


@transaction.atomic
def edit(window_id: int, plan: Plan, now: datetime) -> MaintenanceWindow:
    """Change what is to come; one that lasts ends and, where it still does, goes on as changed.

    Raises Over, NoSuchService, and MaintenanceWindow.DoesNotExist.
    """
    window = _locked(window_id)
    if not window.occurrences.filter(ends_at__gt=now).exists():
        raise Over
    if _is_renamed_only(window, plan):
        window.name = plan.name
        window.save(update_fields=["name"])
        return window
    left = occurrences.cut(window, now)
    _take_over(window, plan)
    window.save()
    _cover(window, plan)
    occurrences.plan_anew(window, now)
    occurrences.open_what_still_fails(left, now, now)
    occurrences.follow_up_window(window, now)
    return window


@transaction.atomic
def delete(window_id: int, now: datetime) -> MaintenanceWindow:
    """Let nothing more come of a window; what it has covered stays covered.

    Raises MaintenanceWindow.DoesNotExist.
    """
    window = _locked(window_id)
    left = occurrences.cut(window, now)
    occurrences.open_what_still_fails(left, now, now)
    window.removed_at = now
    window.save(update_fields=["removed_at"])
    return window


@transaction.atomic
def end_now(window_id: int, now: datetime) -> MaintenanceWindow:
    """End the time that lasts; a window that comes again does. Raises Over, and DoesNotExist."""
    window = _locked(window_id)
    if not occurrences.end(window, now):
        raise Over
    return window


def start_now(
    service_id: int, now: datetime, by: str, length: timedelta = HOUR
) -> MaintenanceWindow:
    """Put one service into maintenance at once. Raises Service.DoesNotExist."""
    service = Service.objects.only("name").get(pk=service_id)
    name = f"Maintenance of {service.name}"[:MAX_NAME_LENGTH]
    plan = Plan(name, Schedule(now, length), frozenset({service_id}))
    try:
        return create(plan, now, by)
    except NoSuchService:
        raise Service.DoesNotExist from None


def _locked(window_id: int) -> MaintenanceWindow:
    windows = MaintenanceWindow.objects.select_for_update()
    return windows.get(pk=window_id, removed_at=None)


def _take_over(window: MaintenanceWindow, plan: Plan) -> None:
    window.name = plan.name
    window.starts_at = plan.schedule.starts_at
    window.duration_s = int(plan.schedule.duration.total_seconds())
    window.rrule, window.time_zone = plan.schedule.rrule, plan.schedule.time_zone
    window.orphaned = not (plan.for_all or plan.service_ids or plan.tags)


def _cover(window: MaintenanceWindow, plan: Plan) -> None:
    # Held, so that none is deleted meanwhile: a window that names none is for all.
    services = Service.objects.select_for_update(no_key=True).filter(pk__in=plan.service_ids)
    found = set(services.order_by("pk").values_list("pk", flat=True))
    if found != plan.service_ids:
        raise NoSuchService(plan.service_ids - found)
    Tag.objects.bulk_create((Tag(name=name) for name in plan.tags), ignore_conflicts=True)
    window.services.set(found)
    window.tags.set(Tag.objects.filter(name__in=plan.tags))


def _is_renamed_only(window: MaintenanceWindow, plan: Plan) -> bool:
    return (
        occurrences.schedule_of(window) == plan.schedule
        and window.orphaned is not (plan.for_all or bool(plan.service_ids or plan.tags))
        and set(window.services.values_list("pk", flat=True)) == plan.service_ids
        and set(window.tags.values_list("name", flat=True)) == plan.tags
    )
