"""Is anybody checking, and how late are they: read from the due times, never from a belief."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from monitors.models import Checker, DueCheck

# A checker gives a sign of life every five seconds; its leases run out after twelve.
SILENT_AFTER_S = 15
# Checks start within a second of their due time; half a minute is no jitter any more.
LATE_AFTER_S = 30
# A check takes a minute at most; what is held for longer waits for its host.
HELD_TOO_LONG_S = 100


@dataclass(frozen=True, slots=True)
class Backlog:
    """Checks that have fallen due and that no checker has taken, or that it does not get to."""

    waiting: int = 0
    overdue: int = 0
    """Those of them that have waited for so long that it is no jitter any more."""
    oldest_s: float = 0.0
    """For how long the oldest has waited."""
    unmanned: tuple[str, ...] = ()
    """Locations of overdue checks at which none of the running checkers is."""

    @property
    def is_late(self) -> bool:
        return self.overdue > 0


NOTHING_WAITS = Backlog()


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


def backlog(now: datetime) -> Backlog:
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    held_too_long = Q(due_at__lt=now - timedelta(seconds=HELD_TOO_LONG_S))
    overdue = Q(due_at__lt=now - timedelta(seconds=LATE_AFTER_S))
    found = DueCheck.objects.filter(free | held_too_long, due_at__lt=now).aggregate(
        waiting=Count("pk"), overdue=Count("pk", filter=overdue), oldest=Min("due_at")
    )
    if not found["waiting"]:
        return NOTHING_WAITS
    oldest_s = (now - found["oldest"]).total_seconds()
    unmanned = _unmanned(DueCheck.objects.filter(overdue), now) if found["overdue"] else ()
    return Backlog(found["waiting"], found["overdue"], oldest_s, unmanned)


def _unmanned(overdue: QuerySet[DueCheck], now: datetime) -> tuple[str, ...]:
    """Give the locations that nobody checks from; none where nobody checks at all."""
    running = {row.checker.location for row in checkers(now) if row.is_running}
    named = overdue.exclude(location="").order_by("location")
    wanted = named.values_list("location", flat=True).distinct()
    return tuple(location for location in wanted if location not in running) if running else ()
