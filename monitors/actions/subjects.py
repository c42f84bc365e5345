"""Services as results find and leave them: read together, changed, and written together.

Whoever reads a service in order to write it must know that nobody else writes it in between. A
lock says so beforehand, and on PostgreSQL costs a write of its own for every row. Where nobody else
is to be expected, rows are read without, and written only where they still are what was read.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import CharField, Value
from django.db.models.expressions import RawSQL

from monitors.domain.freshness import may_lapse
from monitors.domain.result import CheckResult
from monitors.domain.state import Cause, Policy, Standing, State
from monitors.models import FirstFailure, Service

from .bulk import update_many
from .standings import CERTIFICATE_COLUMNS, STANDING_COLUMNS

_READ = (
    "version",
    "pk",
    "interval_s",
    "timeout_s",
    "retry_interval_s",
    "failures_before_down",
    "successes_before_up",
    "state",
    "state_since",
    "streak",
    "streak_since",
    "seen_at",
    "fresh_until",
    "recent",
    "locations",
    "locations_before_down",
    "revision",
)
_LAST_COLUMNS = (
    "last_checked_at",
    "last_status",
    "last_reason",
    "last_message",
    "last_response_time_ms",
    "recent",
)


class Overtaken(Exception):  # noqa: N818 - reads as what it is at every raise
    """Somebody else has written a service since it was read."""

    def __str__(self) -> str:
        return "a service was changed while results of it were being taken in"


@dataclass(slots=True)
class Subject:
    """A service as far as results change it."""

    id: int
    interval_s: int
    timeout_s: float
    retry_interval_s: int
    policy: Policy
    standing: Standing
    recent: str
    locations: str
    locations_before_down: int
    revision: int
    version: str | None
    """Of the row that was read; None where it is locked."""
    last: CheckResult | None = None
    """The newest result of this batch."""
    known_cause: Cause | None = None
    """What the database holds of the streak that it was in."""
    is_answered: bool = False
    """Whether its due time is answered, and so will lie within an interval from now."""


def read(ids: Collection[int], *, locking: bool) -> dict[int, Subject]:
    """Read services, inside the caller's transaction."""
    # In the order of their ids, so that two writers never wait for each other.
    services = Service.objects.filter(pk__among=ids).order_by("pk")
    if locking or connection.vendor != "postgresql":
        # SQLite has one writer at a time, and no locks of rows.
        found = services.select_for_update().annotate(version=Value(None, CharField()))
    else:
        # The transaction that wrote the row last: the database's own version of it.
        found = services.annotate(version=RawSQL("monitors_service.xmin::text", []))
    subjects = {row[1]: _subject(*row) for row in found.values_list(*_READ)}
    _read_causes([subject for subject in subjects.values() if subject.standing.streak])
    return subjects


def _read_causes(failing: Sequence[Subject]) -> None:
    """Add what began the streaks that services are in; mostly there are none."""
    if not failing:
        return
    by_id = {subject.id: subject for subject in failing}
    for first in FirstFailure.objects.filter(service__among=by_id):
        subject = by_id[first.service_id]
        if first.at == subject.standing.streak_since:
            subject.known_cause = first.cause()
            subject.standing = replace(subject.standing, cause=subject.known_cause)


def _subject(  # noqa: PLR0913, PLR0917 - the columns of _READ
    version: str | None,
    pk: int,
    interval_s: int,
    timeout_s: float,
    retry_interval_s: int,
    failures_before_down: int,
    successes_before_up: int,
    state: str,
    state_since: datetime,
    streak: int,
    streak_since: datetime | None,
    seen_at: datetime | None,
    fresh_until: datetime | None,
    recent: str,
    locations: str,
    locations_before_down: int,
    revision: int,
) -> Subject:
    standing = Standing(State(state), state_since, streak, streak_since, seen_at, fresh_until)
    policy = Policy(failures_before_down, successes_before_up)
    return Subject(
        pk,
        interval_s,
        timeout_s,
        retry_interval_s,
        policy,
        standing,
        recent,
        locations,
        locations_before_down,
        revision,
        version,
    )


def write(subjects: Sequence[Subject], now: datetime) -> None:
    """Write what has become of services. Raises Overtaken where one has changed since it was read.

    All of them are written: so none can have been deleted meanwhile.
    """
    columns = (*STANDING_COLUMNS, "may_lapse", *_LAST_COLUMNS)
    changed = [
        ((*_standing(subject, now), *_last(last), subject.recent, subject.id), subject)
        for subject in subjects
        if (last := subject.last) is not None
    ]
    _update(columns, changed)
    # Of these only the standing is new: what they had to say was older than the last check.
    heard = [subject for subject in subjects if subject.last is None]
    _update(
        (*STANDING_COLUMNS, "may_lapse"),
        [((*_standing(subject, now), subject.id), subject) for subject in heard],
    )
    _write_causes(subjects)
    _write_certificates(
        [
            (seen.not_after, seen.issuer[:200], ", ".join(seen.names), subject.id)
            for subject in subjects
            if subject.last is not None and (seen := subject.last.certificate) is not None
        ]
    )


def _update(columns: Sequence[str], changed: Sequence[tuple[tuple[Any, ...], Subject]]) -> None:
    locked = [row for row, subject in changed if subject.version is None]
    update_many(Service, columns, locked)
    unlocked = [(*row, subject.version) for row, subject in changed if subject.version is not None]
    if update_many(Service, columns, unlocked, ("id", "xmin")) != len(unlocked):
        raise Overtaken


def _write_causes(subjects: Sequence[Subject]) -> None:
    """Write what began the streaks that are new."""
    begun = [
        (subject.id, cause)
        for subject in subjects
        if (cause := subject.standing.cause) is not None and cause != subject.known_cause
    ]
    FirstFailure.objects.bulk_create(
        [
            FirstFailure(
                service_id=pk,
                at=cause.at,
                reason=cause.reason,
                message=cause.message,
                check_id=cause.check_id,
            )
            for pk, cause in begun
        ],
        update_conflicts=True,
        unique_fields=["service"],
        update_fields=["at", "reason", "message", "check_id"],
    )


def _write_certificates(shown: Sequence[tuple[datetime, str, str, int]]) -> None:
    """Write those that are new: most checks are shown what the one before was shown."""
    if not shown:
        return
    services = Service.objects.filter(pk__among=[row[-1] for row in shown])
    known = dict(services.values_list("pk", "certificate_expires_at"))
    update_many(Service, CERTIFICATE_COLUMNS, [row for row in shown if known[row[-1]] != row[0]])


def _standing(subject: Subject, now: datetime) -> tuple[Any, ...]:
    standing = subject.standing
    # Locations are due each at its own time.
    on_time = subject.is_answered and not subject.locations
    lapses = not on_time or may_lapse(standing.fresh_until, subject.interval_s, now)
    return (
        standing.state.value,
        standing.since,
        standing.streak,
        standing.streak_since,
        standing.seen_at,
        standing.fresh_until,
        lapses,
    )


def _last(last: CheckResult) -> tuple[Any, ...]:
    return (
        last.checked_at,
        last.status.value,
        last.reason.value,
        last.message,
        last.response_time_ms,
    )
