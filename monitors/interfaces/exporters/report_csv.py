"""A report as a table for spreadsheets: a line for each service, by name."""

from collections.abc import Iterator

from monitors.domain.wording import iso_utc
from monitors.interfaces.schemas.report import figures_out
from monitors.queries.reports import Line, Report

from .csv_text import csv_lines, foreign

_FIGURES = (
    "uptime_percent",
    "up_s",
    "degraded_s",
    "down_s",
    "maintenance_s",
    "paused_s",
    "unknown_s",
    "incidents",
    "incidents_left_out",
    "mttr_s",
    "error_budget_s",
    "error_budget_left_s",
)
COLUMNS = ("id", "service", "url", "tags", "from", "to", "target", *_FIGURES)
BATCH = 500


def report_parts(report: Report) -> Iterator[str]:
    """Give the head and the lines, some at a time."""
    yield csv_lines([COLUMNS])
    for start in range(0, len(report.lines), BATCH):
        yield csv_lines(_row(report, line) for line in report.lines[start : start + BATCH])


def _row(report: Report, line: Line) -> list[object]:
    figures = figures_out(line.figures, report.target_percent)
    return [
        line.service_id,
        foreign(line.name),
        foreign(line.url),
        foreign(", ".join(line.tags)),
        iso_utc(report.start),
        iso_utc(report.end),
        report.target_percent,
        # What is not known is an empty cell: a spreadsheet leaves it out of its sums.
        *(figures[name] for name in _FIGURES),
    ]
