"""Fixed moments."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def noon_plus(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)
