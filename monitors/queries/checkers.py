"""Is anybody checking, and how late are they: read from the due times, never from a belief."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from monitors.models import Service

# Checks start within a second of their due time; half a minute is no jitter any more.
LATE_AFTER_S = 30


@dataclass(frozen=True, slots=True)
class Lateness:
    """Checks that should have begun and that no checker has taken."""

    overdue: int
    oldest_overdue_s: float


def lateness(now: datetime) -> Lateness | None:
    """Tell what is overdue; None while checks are on time."""
    late = Service.objects.due(now).filter(next_check_at__lt=now - timedelta(seconds=LATE_AFTER_S))
    found = late.order_by().aggregate(overdue=Count("pk"), oldest=Min("next_check_at"))
    if not found["overdue"]:
        return None
    return Lateness(found["overdue"], (now - found["oldest"]).total_seconds())
