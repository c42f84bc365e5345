"""Work that one program at a time has to itself, for as long as it shows that it lives."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q


class Leased(models.Model):
    """A row that is taken for a time: due checks, chores and messages."""

    lease_until = models.DateTimeField(null=True)
    """Until when a checker has it to itself; the checker renews it while the work lasts."""
    holder = models.PositiveIntegerField(null=True)
    """The id of that checker."""

    class Meta:
        abstract = True


def is_free(now: datetime, lease: timedelta | None = None) -> Q:
    """Tell of rows that nobody holds.

    With the length of a lease, one that runs for longer than any could does not count: it is from
    before the clock was set back.
    """
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    return free if lease is None else free | Q(lease_until__gt=now + 2 * lease)
