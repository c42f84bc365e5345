"""The time by the clock of the database, which all checkers share."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.db import connection

from monitors.domain.result import CheckResult

# Clocks that differ by less than this are taken for one.
TOLERATED = timedelta(seconds=0.1)


class DatabaseClock:
    """Carries the database's time on by our own monotonic clock, from one reading to the next.

    Leases, due times and signs of life are written by one machine and read by others, whose clocks
    may differ by more than a lease lasts. SQLite has no other clock than that of its machine.
    """

    def __init__(self) -> None:
        self.zero = datetime.now(UTC) - timedelta(seconds=time.monotonic())
        """When the monotonic clock stood at nought. It moves where the database's clock is set."""

    def now(self) -> datetime:
        return self.zero + timedelta(seconds=time.monotonic())

    def read(self) -> datetime:
        """Ask the database, in its thread."""
        began_s = time.monotonic()
        moment = _asked() if connection.vendor == "postgresql" else datetime.now(UTC)
        ended_s = time.monotonic()
        # The moment lies between the two. What we have is kept while it agrees with that: a slow
        # answer would make it worse.
        earliest, latest = moment - timedelta(seconds=ended_s), moment - timedelta(seconds=began_s)
        if not earliest <= self.zero <= latest:
            self.zero = earliest + (latest - earliest) / 2
        return self.now()

    def translated(self, result: CheckResult) -> CheckResult:
        """Give a result of just now, which was timed by our own clock, its time by this one."""
        ahead = self.now() - datetime.now(UTC)
        if abs(ahead) < TOLERATED:
            return result
        return replace(result, checked_at=result.checked_at + ahead)


def _asked() -> datetime:
    with connection.cursor() as cursor:
        # Not now(), which stands still within a transaction.
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)
