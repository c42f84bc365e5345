"""Work that one checker does for all of them: taken under a lease, as due checks are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from monitors.models import Chore
from monitors.models.lease import is_free

LEASE = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Chores:
    """The chores as one checker sees them."""

    holder: int | None = None
    """The id of that checker; None where it is none of those that run on."""

    def take(self, name: str, now: datetime, every: timedelta = timedelta()) -> bool:
        """Take a chore that nobody is at and that is to be done again; tell whether we have it."""
        Chore.objects.get_or_create(name=name)
        mine = Chore.objects.filter(is_free(now, LEASE), name=name)
        if every:
            # One that was done in the future was done before the clock was set back.
            due = Q(done_until=None) | Q(done_until__lte=now - every) | Q(done_until__gt=now)
            mine = mine.filter(due)
        return mine.update(lease_until=now + LEASE, holder=self.holder) == 1

    def renew(self, name: str, now: datetime) -> None:
        """Keep it for longer; where it was lost meanwhile, it is somebody else's."""
        self._mine(name).update(lease_until=now + LEASE)

    def leave(self, name: str, done_until: datetime | None = None) -> None:
        """Give it back; with a time, as done up to then."""
        done = {} if done_until is None else {"done_until": done_until}
        self._mine(name).update(lease_until=None, holder=None, **done)

    def _mine(self, name: str) -> QuerySet[Chore]:
        return Chore.objects.filter(name=name, holder=self.holder)
