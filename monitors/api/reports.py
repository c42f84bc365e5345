"""/reports/uptime."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from monitors.domain.reports import DEFAULT_TARGET_PERCENT
from monitors.interfaces.schemas.report import ReportOut, report_out
from monitors.queries.reports import Scope, uptime_report

from .uptime import Window, bounds

router = Router(tags=["reports"])

MAX_CHOSEN = 100
TagName = Annotated[str, Field(max_length=50)]
ServiceId = Annotated[int, Field(ge=1, lt=2**63)]


class ReportQuery(Window):
    tag: Annotated[list[TagName], Field(max_length=MAX_CHOSEN)] = []
    service: Annotated[list[ServiceId], Field(max_length=MAX_CHOSEN)] = []
    target: Annotated[float, Field(gt=0, le=100, description="in per cent")] = (
        DEFAULT_TARGET_PERCENT
    )


@router.get("/reports/uptime", response=ReportOut, by_alias=True)
def report_uptime(request: HttpRequest, wanted: Query[ReportQuery]) -> dict[str, Any]:
    """Give the uptime, incidents and error budget of all services, or of those that are named.

    `tag` and `service` (a number) may be repeated: a service is in it that has any of them. By
    default it is of the last 30 days.
    """
    del request
    now = timezone.now()
    scope = Scope(tags=tuple(wanted.tag), services=tuple(wanted.service))
    return report_out(uptime_report(scope, *bounds(wanted, now), wanted.target, now))
