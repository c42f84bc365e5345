"""From when on a service that nobody looked at is UNKNOWN."""

from datetime import datetime, timedelta


def fresh_until(checked_at: datetime, interval_s: int, timeout_s: float) -> datetime:
    """Tell how long a result speaks for its service: two intervals, and the check's own time.

    Without the timeout a service checked every second would count as unwatched whenever its
    target takes its time to answer.
    """
    return checked_at + timedelta(seconds=2 * interval_s + timeout_s)
