"""/services/{id}/uptime and /services/{id}/response-times."""

from datetime import datetime, timedelta
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from monitors.interfaces.schemas.moment import Moment
from monitors.interfaces.schemas.response_times import ResponseTimesOut, response_times_out
from monitors.interfaces.schemas.uptime import UptimeOut, uptime_out
from monitors.models import Service
from monitors.queries.response_times import summary_between
from monitors.queries.uptime import uptime_between

from .errors import Refused

router = Router(tags=["uptime"])

DEFAULT_WINDOW = timedelta(days=30)


class Window(Schema):
    from_: Annotated[Moment | None, Field(alias="from")] = None
    to: Moment | None = None


@router.get("/services/{int:service_id}/uptime", response=UptimeOut)
def read_uptime(
    request: HttpRequest, service_id: int, window: Query[Window]
) -> dict[str, float | None]:
    """Give the uptime from one time to another; by default of the last 30 days."""
    del request
    service = get_object_or_404(Service, pk=service_id)
    now = timezone.now()
    start, end = bounds(window, now)
    return uptime_out(uptime_between(service, start, end, now))


@router.get("/services/{int:service_id}/response-times", response=ResponseTimesOut)
def read_response_times(
    request: HttpRequest, service_id: int, window: Query[Window]
) -> dict[str, float | None]:
    """Give counts and percentiles from one time to another; by default of the last 30 days."""
    del request
    service = get_object_or_404(Service, pk=service_id)
    return response_times_out(summary_between(service, *bounds(window, timezone.now())))


def bounds(window: Window, now: datetime) -> tuple[datetime, datetime]:
    """Give the window that is meant. Raises Refused."""
    end = window.to or now
    start = window.from_ or end - DEFAULT_WINDOW
    if start >= end:
        sentence = "The window must begin before it ends."
        raise Refused(422, "invalid", sentence, {"from": sentence})
    return start, end
