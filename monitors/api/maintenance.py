"""/maintenance/: list, plan, read, change and delete."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from monitors.actions import maintenance
from monitors.actions.maintenance import NoSuchService, Over, Plan
from monitors.domain.maintenance import BadSchedule, checked
from monitors.domain.names import checked_name
from monitors.domain.spec import BadSetting
from monitors.interfaces.schemas.maintenance import (
    MaintenanceIn,
    MaintenanceOut,
    MaintenancePatch,
    changed_plan,
    maintenance_out,
    plan_of,
    windows_out,
)
from monitors.models import MaintenanceWindow

from .auth import caller
from .errors import Refused

router = Router(tags=["maintenance"])


@router.get("/maintenance/", response=list[MaintenanceOut])
def list_maintenance(
    request: HttpRequest,
    limit: Annotated[int | None, Field(ge=1, le=1_000)] = None,
    after: Annotated[int, Field(ge=0, lt=2**63)] = 0,
) -> list[dict[str, Any]]:
    """List what is not deleted, oldest first, or the first so many after the one with a number."""
    del request
    windows = MaintenanceWindow.objects.filter(removed_at=None, pk__gt=after).order_by("pk")
    return windows_out(list(windows[:limit]), timezone.now())


@router.post("/maintenance/", response={201: MaintenanceOut})
def plan_maintenance(request: HttpRequest, data: MaintenanceIn) -> Status[Any]:
    now = timezone.now()
    with _answered():
        window = maintenance.create(_checked(plan_of(data), now), now, caller(request))
    return Status(201, maintenance_out(window, now))


@router.get("/maintenance/{int:window_id}/", response=MaintenanceOut)
def read_maintenance(request: HttpRequest, window_id: int) -> dict[str, Any]:
    del request
    return maintenance_out(_window_or_404(window_id), timezone.now())


@router.patch("/maintenance/{int:window_id}/", response=MaintenanceOut)
def change_maintenance(
    request: HttpRequest, window_id: int, data: MaintenancePatch
) -> dict[str, Any]:
    """Change what is to come; 409 where nothing is.

    One that lasts ends, and goes on as changed where it still lasts then.
    """
    del request
    now = timezone.now()
    with _answered():
        plan = _checked(changed_plan(_window_or_404(window_id), data), now)
        window = maintenance.edit(window_id, plan, now)
    return maintenance_out(window, now)


@router.delete("/maintenance/{int:window_id}/", response={204: None})
def delete_maintenance(request: HttpRequest, window_id: int) -> Status[Any]:
    """Let nothing more come of it; one that lasts ends. What it has covered stays covered."""
    del request
    with _answered():
        maintenance.delete(window_id, timezone.now())
    return Status(204, None)


def _window_or_404(window_id: int) -> MaintenanceWindow:
    return get_object_or_404(MaintenanceWindow, pk=window_id, removed_at=None)


def _checked(plan: Plan, now: datetime) -> Plan:
    try:
        checked_name(plan.name)
        checked(plan.schedule, now)
    except BadSchedule as bad:
        raise _refused(422, "invalid", bad.field, str(bad)) from None
    except BadSetting as bad:
        raise _refused(422, "invalid", "name", str(bad)) from None
    return plan


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except NoSuchService as unknown:
        raise _refused(422, "invalid", "services", str(unknown)) from None
    except Over as over:
        raise _refused(409, "conflict", "starts_at", str(over)) from None
    except MaintenanceWindow.DoesNotExist:
        raise Http404 from None


def _refused(status: int, code: str, field: str, sentence: str) -> Refused:
    return Refused(status, code, sentence, {field: sentence})
