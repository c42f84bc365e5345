"""/services/{id}/status and /history."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router
from pydantic import Field

from monitors.engine.check_now import check_one_sync
from monitors.interfaces.schemas.check import CheckOut, check_out
from monitors.interfaces.schemas.moment import Moment
from monitors.models import Service
from monitors.queries.history import newest, older

router = Router(tags=["checks"])


@router.get("/services/{int:service_id}/status", response=CheckOut)
def check_status(request: HttpRequest, service_id: int) -> dict[str, Any]:
    """Check the service now, store the result, and give it."""
    del request
    checked = check_one_sync(get_object_or_404(Service, pk=service_id))
    return check_out(checked.service.name, checked.row or checked.result)


@router.get("/services/{int:service_id}/history", response=list[CheckOut])
def list_history(
    request: HttpRequest,
    service_id: int,
    limit: Annotated[int, Field(ge=1, le=1_000)] = 50,
    before: Moment | None = None,
    before_id: Annotated[int | None, Field(ge=1, lt=2**63)] = None,
) -> list[dict[str, Any]]:
    """List stored checks, newest first: all, those before a time, or those before another check.

    To read on, give the `id` of the last check as `before_id`: several checks may have one time.
    """
    del request
    service = get_object_or_404(Service, pk=service_id)
    if before_id is not None:
        checks = older(service, limit, before_id)
    else:
        checks = newest(service, limit, before)
    return [check_out(service.name, check) for check in checks]
