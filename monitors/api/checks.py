"""/services/{id}/status and /history."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router
from pydantic import Field

from monitors.engine.check_now import check_one_sync
from monitors.interfaces.schemas.check import CheckOut, check_out
from monitors.models import Service
from monitors.queries.history import newest

router = Router(tags=["checks"])


@router.get("/services/{int:service_id}/status", response=CheckOut)
def check_status(request: HttpRequest, service_id: int) -> dict[str, Any]:
    """Check the service now, store the result, and give it."""
    del request
    checked = check_one_sync(get_object_or_404(Service, pk=service_id))
    return check_out(checked.service.name, checked.result)


@router.get("/services/{int:service_id}/history", response=list[CheckOut])
def list_history(
    request: HttpRequest,
    service_id: int,
    limit: Annotated[int, Field(ge=1, le=1_000)] = 50,
    before: datetime | None = None,
) -> list[dict[str, Any]]:
    """List stored checks, newest first, or those that began before a time."""
    del request
    service = get_object_or_404(Service, pk=service_id)
    if before is not None and timezone.is_naive(before):
        before = before.replace(tzinfo=timezone.get_default_timezone())
    return [check_out(service.name, check) for check in newest(service, limit, before)]
