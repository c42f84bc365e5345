"""Whether this installation does its work."""

from datetime import datetime

from django.db import DatabaseError

from monitors.domain.wording import rough_duration

from .checkers import lateness


def trouble(now: datetime) -> str | None:
    """Say what is wrong in one sentence; None while the database answers and checks are on time."""
    try:
        late = lateness(now)
    except DatabaseError:
        return "the database does not answer"
    if late is None:
        return None
    return (
        f"checks are late: {late.overdue} overdue, by up to {rough_duration(late.oldest_overdue_s)}"
    )
