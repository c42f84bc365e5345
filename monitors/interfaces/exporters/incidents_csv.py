"""Incidents as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from monitors.domain.wording import iso_utc
from monitors.models import Incident

CONTENT_TYPE = "text/csv; charset=utf-8"
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
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - meant


def csv_parts(batches: Iterable[Iterable[Incident]], now: datetime) -> Iterator[str]:
    """Give the head, and then the lines of each batch."""
    yield _lines([COLUMNS])
    for batch in batches:
        yield _lines(_row(incident, now) for incident in batch)


def _row(incident: Incident, now: datetime) -> tuple[str, ...]:
    return (
        str(incident.pk),
        _text(incident.service_name),
        _text(incident.service_url),
        iso_utc(incident.started_at),
        _moment(incident.resolved_at),
        f"{incident.duration_s(now):.3f}",
        incident.ending,
        incident.reason,
        _text(incident.message),
        incident.cause,
        _moment(incident.acknowledged_at),
        _text(incident.acknowledged_by),
        _text(incident.note),
    )


def _moment(at: datetime | None) -> str:
    return iso_utc(at) if at is not None else ""


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(rows: Iterable[Iterable[str]]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue()
