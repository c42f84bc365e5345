"""From when on a service that nobody looked at is UNKNOWN."""

from datetime import datetime, timedelta


def fresh_until(ended_at: datetime, interval_s: int, timeout_s: float) -> datetime:
    """Tell how long a result speaks for its service: two intervals, and the time of a check.

    From when the check ended; the next one may take as long as its timeout. Else a service checked
    every second would count as unwatched whenever its target takes its time to answer.
    """
    return ended_at + _lasts(interval_s, timeout_s)


def fresh_since(now: datetime, interval_s: int, timeout_s: float) -> datetime:
    """Tell when a check began whose result is just fresh, where it took as long as it may."""
    return now - _lasts(interval_s, timeout_s) - timedelta(seconds=timeout_s)


def _lasts(interval_s: int, timeout_s: float) -> timedelta:
    return timedelta(seconds=2 * interval_s + timeout_s)
