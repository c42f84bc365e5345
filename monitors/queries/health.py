"""Whether this installation does its work, and the figures that tell it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError

from monitors.domain.wording import rough_duration

from .checkers import NOTHING_WAITS, Backlog, CheckerRow, backlog, checkers


@dataclass(frozen=True, slots=True)
class Health:
    """How checking goes, by the due times in the database and by what the checkers say."""

    trouble: str | None
    """What is wrong, in one sentence; None while the database answers and checks are on time."""
    backlog: Backlog = NOTHING_WAITS
    checkers: tuple[CheckerRow, ...] = ()

    @property
    def running(self) -> tuple[CheckerRow, ...]:
        return tuple(row for row in self.checkers if row.is_running)

    @property
    def figures(self) -> dict[str, float]:
        """Give sums, and of what is measured the worst, over the running checkers."""
        running = [row.checker for row in self.running]
        return {
            "backlog": self.backlog.waiting,
            "overdue": self.backlog.overdue,
            "oldest_overdue_s": round(self.backlog.oldest_s, 1),
            "checkers": len(running),
            "in_flight": sum(checker.in_flight for checker in running),
            "unwritten": sum(checker.unwritten for checker in running),
            "set_aside": sum(checker.set_aside for checker in running),
            "checks_per_s": round(sum(checker.checks_per_s for checker in running), 1),
            "loop_lag_ms": round(max((checker.lag_ms for checker in running), default=0), 1),
            "late_ms": round(max((checker.late_ms for checker in running), default=0), 1),
            "errors": sum(checker.errors for checker in running),
            "write_ms": round(max((checker.write_ms for checker in running), default=0), 1),
        }


def health(now: datetime) -> Health:
    try:
        waiting, known = backlog(now), checkers(now)
    except DatabaseError:
        return Health("the database does not answer")
    return Health(_trouble(waiting, known), waiting, known)


def _trouble(waiting: Backlog, known: Sequence[CheckerRow]) -> str | None:
    for row in known:
        if row.is_running and row.checker.trouble:
            # Whoever asks: what the database says itself is on the page of the checkers.
            return "a checker waits for its database"
    if not waiting.is_late:
        return None
    oldest = rough_duration(waiting.oldest_s)
    return f"checks are late: {waiting.overdue} overdue, by up to {oldest}"
