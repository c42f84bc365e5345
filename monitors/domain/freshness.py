"""From when on a service that nobody looked at is UNKNOWN."""

from datetime import datetime, timedelta

OVERDUE_AFTER = timedelta(seconds=2)


def fresh_until(ended_at: datetime, interval_s: int, timeout_s: float) -> datetime:
    """Tell how long a result speaks for its service: two intervals, and the time of a check.

    From when the check ended; the next one may take as long as its timeout. Else a service checked
    every second would count as unwatched whenever its target takes its time to answer.
    """
    return ended_at + _lasts(interval_s, timeout_s)


def may_lapse(fresh_until: datetime | None, interval_s: int, now: datetime) -> bool:
    """Tell whether a service may go stale although its next check is not overdue by then.

    It is due within an interval from now. What outlasts that goes stale only where a check has been
    due for `OVERDUE_AFTER`: so a list can find it among the few that are.
    """
    due_by = now + timedelta(seconds=interval_s) + OVERDUE_AFTER
    return fresh_until is None or fresh_until < due_by


def fresh_since(now: datetime, interval_s: int, timeout_s: float) -> datetime:
    """Tell when a check began whose result is just fresh, where it took as long as it may."""
    return now - _lasts(interval_s, timeout_s) - timedelta(seconds=timeout_s)


def _lasts(interval_s: int, timeout_s: float) -> timedelta:
    return timedelta(seconds=2 * interval_s + timeout_s)
