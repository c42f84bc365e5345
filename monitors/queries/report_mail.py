"""What the mail of a report says: worked out once, so that every attempt says the same."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from monitors.domain.report_ranges import Every, Range
from monitors.domain.report_words import budget_label, summary, target_label
from monitors.domain.wording import duration, percent
from monitors.models import ReportSchedule

from .reports import Line, Report, Scope, uptime_report

MAX_LISTED = 30
"""How many services a mail lists; the page has them all."""


def report_mail(schedule: ReportSchedule, first_day: date, now: datetime) -> dict[str, Any]:
    """Give, as JSON, what the mail says of the week or month that begins with a day."""
    covered = Range.of_unit(Every(schedule.every).unit, first_day, schedule.zone())
    scope = Scope(
        tuple(schedule.tags.values_list("name", flat=True)),
        tuple(schedule.services.values_list("pk", flat=True)),
    )
    report = uptime_report(scope, covered.start, covered.end, schedule.target_percent, now)
    shown = report.worst_first[:MAX_LISTED]
    return {
        "name": schedule.name,
        "range": covered.label,
        "zone": schedule.time_zone,
        "target": target_label(schedule.target_percent),
        "sentences": summary(report.outcome()) if report.lines else [],
        "services": [_of_service(report, line) for line in shown],
        "more": len(report.lines) - len(shown),
        "query": _query(schedule, covered, scope),
    }


def _of_service(report: Report, line: Line) -> dict[str, Any]:
    figures, left_s = line.figures, report.left_s(line)
    said = [f"error budget: {budget_label(left_s)}"] if left_s is not None else []
    if figures.uptime.down_s:
        said.append(f"down {duration(figures.uptime.down_s)}")
    if figures.incidents:
        said.append(f"{figures.incidents} incident{'' if figures.incidents == 1 else 's'}")
    if figures.mttr_s is not None:
        said.append(f"MTTR {duration(figures.mttr_s)}")
    return {
        "name": line.name,
        "uptime": percent(figures.uptime.percent),
        "said": ", ".join(said),
        "missed": left_s is not None and left_s < 0,
    }


def _query(schedule: ReportSchedule, covered: Range, scope: Scope) -> str:
    """Give the query string with which the page shows the same report."""
    zone = schedule.zone()
    return urlencode(
        {
            "period": "custom",
            "first": covered.start.astimezone(zone).date().isoformat(),
            "last": covered.last_moment.astimezone(zone).date().isoformat(),
            "zone": schedule.time_zone,
            "target": f"{schedule.target_percent:.10g}",
            "tags": ", ".join(scope.tags),
            "services": scope.services,
        },
        doseq=True,
    )
