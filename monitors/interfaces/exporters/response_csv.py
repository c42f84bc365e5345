"""Response times as a table for spreadsheets."""

from collections.abc import Iterable

from monitors.domain.wording import iso_utc
from monitors.queries.response_times import Slot

from .csv_text import csv_lines

COLUMNS = (
    "starts_at",
    "checks",
    "up",
    "degraded",
    "down",
    "mean_ms",
    "median_ms",
    "p95_ms",
    "p99_ms",
    "min_ms",
    "max_ms",
)


def response_csv(slots: Iterable[Slot]) -> str:
    """Give a line for each step, with times in milliseconds."""
    return csv_lines([COLUMNS, *map(_row, slots)])


def _row(slot: Slot) -> tuple[object, ...]:
    found = slot.summary
    times = (
        found.mean_ms,
        found.median_ms,
        found.p95_ms,
        found.p99_ms,
        found.min_ms,
        found.max_ms,
    )
    return (
        iso_utc(slot.starts_at),
        found.checks,
        found.up,
        found.degraded,
        found.down,
        *("" if time is None else f"{time:.3f}" for time in times),
    )
