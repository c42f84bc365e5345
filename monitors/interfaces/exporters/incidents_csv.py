"""Incidents as a table for spreadsheets."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from monitors.domain.wording import iso_utc
from monitors.models import Incident

from .csv_text import csv_lines, foreign

COLUMNS = (
    "id",
    "service",
    "url",
    "started_at",
    "resolved_at",
    "duration_s",
    "ending",
    "reason",
    "message",
    "cause",
    "acknowledged_at",
    "acknowledged_by",
    "note",
)


def csv_parts(batches: Iterable[Iterable[Incident]], now: datetime) -> Iterator[str]:
    """Give the head, and then the lines of each batch."""
    yield csv_lines([COLUMNS])
    for batch in batches:
        yield csv_lines(_row(incident, now) for incident in batch)


def _row(incident: Incident, now: datetime) -> tuple[str, ...]:
    return (
        str(incident.pk),
        foreign(incident.service_name),
        foreign(incident.service_url),
        iso_utc(incident.started_at),
        _moment(incident.resolved_at),
        f"{incident.duration_s(now):.3f}",
        incident.ending,
        incident.reason,
        foreign(incident.message),
        incident.cause,
        _moment(incident.acknowledged_at),
        foreign(incident.acknowledged_by),
        foreign(incident.note),
    )


def _moment(at: datetime | None) -> str:
    return iso_utc(at) if at is not None else ""
