"""Is anybody checking, and how late are they: read from the due times, never from a belief."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from monitors.models import Checker, DueCheck

# A checker gives a sign of life every five seconds; its leases run out after twelve.
SILENT_AFTER_S = 15
# Checks start within a second of their due time; half a minute is no jitter any more.
LATE_AFTER_S = 30
# A check takes a minute at most; what is held for longer waits for its host.
HELD_TOO_LONG_S = 100


@dataclass(frozen=True, slots=True)
class Lateness:
    """Checks that should have begun and that no checker has taken, or that it does not get to."""

    overdue: int
    oldest_overdue_s: float


@dataclass(frozen=True, slots=True)
class CheckerRow:
    """A checker as the pages show it."""

    checker: Checker
    state: str
    """running, stopped, or silent: killed, stuck, or cut off from the database."""

    @property
    def is_running(self) -> bool:
        return self.state == "running"


def checkers(now: datetime) -> tuple[CheckerRow, ...]:
    """Give every checker that has been heard of lately, the running ones first."""
    rows = [CheckerRow(checker, _state(checker, now)) for checker in Checker.objects.all()]
    return tuple(sorted(rows, key=lambda row: (not row.is_running, row.checker.name)))


def _state(checker: Checker, now: datetime) -> str:
    if checker.stopped_at is not None:
        return "stopped"
    return "silent" if now - checker.seen_at > timedelta(seconds=SILENT_AFTER_S) else "running"


def lateness(now: datetime) -> Lateness | None:
    """Tell what is overdue; None while checks are on time."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    held_too_long = Q(due_at__lt=now - timedelta(seconds=HELD_TOO_LONG_S))
    late = DueCheck.objects.filter(
        free | held_too_long, due_at__lt=now - timedelta(seconds=LATE_AFTER_S)
    )
    found = late.aggregate(overdue=Count("pk"), oldest=Min("due_at"))
    if not found["overdue"]:
        return None
    return Lateness(found["overdue"], (now - found["oldest"]).total_seconds())
