"""Takes due services under a lease, so that any number of checkers share the work.

A lease is short, and renewed while a check lasts: what a dead checker held is due again for the
others as soon as it has run out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from monitors.actions.results import DueTime
from monitors.domain.reasons import Failure
from monitors.domain.spec import CheckSpec
from monitors.models import DueCheck, Service
from monitors.models.due_check import DueCheckQuerySet

from .settings_of import host_of, read_spec

LEASE_S = 12.0
# A checker takes its share ahead of time; what has waited so long has been left by its own.
LEFT_AFTER = timedelta(seconds=0.5)
RENEW_EVERY_S = 4.0
FORGET_AFTER = timedelta(hours=1)
ANYWHERE = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One due check that this checker has to itself as long as it renews the lease."""

    due: DueTime
    spec: CheckSpec | Failure
    """What to check; a failure where its settings cannot be read."""
    host: str
    interval_s: int
    revision: int
    """Of its settings."""


@dataclass(frozen=True, slots=True)
class _Share:
    """Of `parts` equal parts of what is due, the one with this number."""

    number: int = 0
    parts: int = 1

    def of_those(self, due: DueCheckQuerySet, now: datetime) -> DueCheckQuerySet:
        if self.parts == 1:
            return due
        part = due.alias(part=F("service_id") % self.parts)
        return part.filter(Q(part=self.number) | Q(due_at__lte=now - LEFT_AFTER))


@dataclass(frozen=True, slots=True)
class _Known:
    revision: int
    spec: CheckSpec | Failure
    host: str
    interval_s: int


@dataclass(frozen=True, slots=True)
class Peer:
    """A checker that runs."""

    id: int
    location: str


class Claimer:
    """Claims for one checker. It remembers what to check: a claim reads only what has changed.
    What it has not claimed for an hour or two it forgets: that may be deleted, or rarely due.

    The checkers that know of each other share by number, so that the quickest to ask does not
    take everything; what a checker leaves, the others take.
    """

    def __init__(self, holder: int, location: str = ANYWHERE) -> None:
        self._holder = holder
        # Its own location first: there nobody else may be able to.
        self._shares = {place: _Share() for place in sorted({ANYWHERE, location}, reverse=True)}
        self._known: dict[int, _Known] = {}
        self._known_before: dict[int, _Known] = {}
        self._forgot_at = datetime.min.replace(tzinfo=UTC)

    def meet(self, peers: Collection[Peer]) -> None:
        """Learn which checkers run now, this one among them."""
        for location in self._shares:
            able = sorted(peer.id for peer in peers if location in {ANYWHERE, peer.location})
            if self._holder in able:
                self._shares[location] = _Share(able.index(self._holder), len(able))

    def take(self, limit: int, until: datetime, now: datetime) -> list[Claim]:
        """Claim up to `limit` services due by `until`, the longest overdue first.

        Of many checkers each gets services of its own: on PostgreSQL rows that another has
        locked are skipped, on SQLite the transaction is the only writer.
        """
        with transaction.atomic():
            taken = self._lock(limit, until, now)
            self._of([due for due, _ in taken]).update(
                lease_until=now + timedelta(seconds=LEASE_S), holder=self._holder
            )
            self._forget(now)
            self._learn({due.service_id: revision for due, revision in taken})
        return [
            Claim(due, known.spec, known.host, known.interval_s, known.revision)
            for due, _ in taken
            if (known := self._known.get(due.service_id)) is not None
        ]

    def renew(self, held: Collection[DueTime], now: datetime) -> None:
        """Keep checks that last longer than a lease."""
        self._mine(held).update(lease_until=now + timedelta(seconds=LEASE_S))

    def release(self, held: Collection[DueTime]) -> None:
        """Give back claims that were not checked; they are due again at once."""
        self._mine(held).update(lease_until=None)

    def knows(self) -> set[int]:
        """Give the services that it need not read again to claim them."""
        return {*self._known, *self._known_before}

    def _mine(self, held: Collection[DueTime]) -> DueCheckQuerySet:
        # Not those that another checker has taken since, or that an edit has freed.
        return self._of(held).filter(holder=self._holder, lease_until__isnull=False)

    def _of(self, held: Collection[DueTime]) -> DueCheckQuerySet:
        """Give the rows of due times of the locations that this checker claims for."""
        wanted = Q(pk__in=[])
        for location in self._shares:
            ids = [due.service_id for due in held if due.location == location]
            if ids:
                wanted |= Q(location=location, service__among=ids)
        return DueCheck.objects.filter(wanted)

    def _lock(self, limit: int, until: datetime, now: datetime) -> list[tuple[DueTime, int]]:
        """Lock due rows; give each with the revision of its service."""
        taken: list[tuple[DueTime, int]] = []
        # One location after the other: each is one range of one index.
        for location, share in self._shares.items():
            due = share.of_those(DueCheck.objects.due(until, now).filter(location=location), now)
            rows = due.select_for_update(skip_locked=True, of=("self",)).values_list(
                "service_id", "due_at", "service__revision"
            )
            taken += [
                (DueTime(service_id, location, due_at), revision)
                for service_id, due_at, revision in rows[: limit - len(taken)]
            ]
        return taken

    def _forget(self, now: datetime) -> None:
        # Also where the clock was set back by so much.
        if abs(now - self._forgot_at) >= FORGET_AFTER:
            self._known, self._known_before = {}, self._known
            self._forgot_at = now

    def _recall(self, service_id: int) -> _Known | None:
        known = self._known.get(service_id)
        if known is None and (known := self._known_before.pop(service_id, None)) is not None:
            self._known[service_id] = known
        return known

    def _learn(self, revisions: dict[int, int]) -> None:
        """Read the services that are new or were edited."""
        unknown = [
            service_id
            for service_id, revision in revisions.items()
            if (known := self._recall(service_id)) is None or known.revision != revision
        ]
        for service in Service.objects.filter(pk__among=unknown) if unknown else ():
            spec = read_spec(service)
            known = _Known(service.revision, spec, host_of(spec), service.interval_s)
            self._known[service.pk] = known


def pull_forward(now: datetime) -> int:
    """Make due what lies further ahead than its interval, and give their number.

    Such due times were written before the clock was set back. Leases from then run out as well.
    """
    moved = 0
    intervals = Service.objects.active().order_by().values_list("interval_s", flat=True).distinct()
    for interval_s in intervals:
        beyond = now + timedelta(seconds=interval_s + 1)
        late = DueCheck.objects.filter(due_at__gt=beyond, service__interval_s=interval_s)
        moved += late.update(due_at=now, lease_until=None)
    leases = DueCheck.objects.filter(lease_until__gt=now + timedelta(seconds=2 * LEASE_S))
    return moved + leases.update(lease_until=None)
