"""A report as the API gives it."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from monitors.domain.reports import Figures
from monitors.queries.reports import Report

from .uptime import UptimeOut, uptime_out


class FiguresOut(UptimeOut):
    """Seconds by state, and what came of them."""

    incidents: int = Field(
        ...,
        description="of which any part lies in the range and counts against the service",
    )
    incidents_left_out: int = Field(
        ..., description="of which nothing in the range counts, since it was reclassified"
    )
    mttr_s: float | None = Field(
        ...,
        description="mean time to recovery of the incidents that recovered in the range, each from"
        " its first failed check; null where none did",
    )
    error_budget_s: float | None = Field(
        ...,
        description="(100 - target) / 100 of the time in which it was seen up, degraded or down;"
        " null where it was not seen",
    )
    error_budget_left_s: float | None = Field(
        ..., description="that less the time down: below zero where it is overspent"
    )


class ReportedServiceOut(FiguresOut):
    id: int
    name: str
    url: str
    tags: list[str]


class ReportOut(Schema):
    from_: datetime = Field(..., alias="from")
    to: datetime
    target: float
    total: FiguresOut = Field(..., description="of all the services together, second by second")
    services: list[ReportedServiceOut] = Field(..., description="by name")


def report_out(report: Report) -> dict[str, Any]:
    return {
        "from": report.start,
        "to": report.end,
        "target": report.target_percent,
        "total": figures_out(report.total, report.target_percent),
        "services": [
            {
                "id": line.service_id,
                "name": line.name,
                "url": line.url,
                "tags": list(line.tags),
                **figures_out(line.figures, report.target_percent),
            }
            for line in report.lines
        ],
    }


def figures_out(found: Figures, target_percent: float) -> dict[str, float | None]:
    return uptime_out(found.uptime) | {
        "incidents": found.incidents,
        "incidents_left_out": found.left_out,
        "mttr_s": found.mttr_s,
        "error_budget_s": found.budget_s(target_percent),
        "error_budget_left_s": found.budget_left_s(target_percent),
    }
