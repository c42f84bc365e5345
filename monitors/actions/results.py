"""Takes results into the story: log, state and periods, in one transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from monitors.domain import recent
from monitors.domain.freshness import fresh_until
from monitors.domain.result import CheckResult, Status
from monitors.domain.schedule import next_beat, retry_at, retry_beat
from monitors.domain.state import Step, Transition, advance, after_clock_step
from monitors.models import CheckEvidence, DueCheck, ServiceStatus

from . import rollups, story, votes
from .bulk import insert_many, update_many
from .subjects import Overtaken, Subject, read, write

DUE_CHECK_KEYS = ("service_id", "location")


@dataclass(frozen=True, slots=True)
class DueTime:
    """The due time that a check answers."""

    service_id: int
    location: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """A result on its way into the log."""

    service_id: int
    result: CheckResult
    due: DueTime | None = None
    """What it answers; None for a check on request."""
    location: str = ""
    """Where it was checked from."""
    revision: int | None = None
    """Of a check on request: that of the settings which it was asked with."""


def record(findings: Sequence[Finding], now: datetime) -> list[ServiceStatus | None]:
    """Write results and all that follows from them, in one transaction.

    Gives the row in the log of each check on request, in the order of the findings; None where
    the service has been deleted meanwhile, and for every scheduled check. Results of one service
    are taken in the order of their time. A scheduled result whose due time has been answered, or
    has been moved by an edit, is dropped: another check stands for it.
    """
    # Locations check at the same beat, so their results meet here; so may those on request.
    alone = all(finding.due is not None and not finding.due.location for finding in findings)
    if not alone:
        return _record(findings, now, locking=True)
    try:
        return _record(findings, now, locking=False)
    except (Overtaken, IntegrityError):
        # The periods of a service may show first that somebody else has moved it.
        return _record(findings, now, locking=True)


def _record(
    findings: Sequence[Finding], now: datetime, *, locking: bool
) -> list[ServiceStatus | None]:
    with transaction.atomic():
        subjects = read({finding.service_id for finding in findings}, locking=locking)
        kept = _kept(findings, subjects)
        rows = _log(kept)
        rollups.mark_late([finding.result.checked_at for finding in kept], now)
        current = [finding for finding in kept if _is_current(finding, subjects)]
        moved: dict[int, list[Transition]] = defaultdict(list)
        for finding in sorted(current, key=lambda finding: finding.result.checked_at):
            logged = _as_logged(finding, rows)
            moved[finding.service_id] += _take_in(subjects[finding.service_id], logged, now)
        # First the services, as everybody does who moves one: so nobody waits for each other.
        write([subjects[pk] for pk in sorted({finding.service_id for finding in current})], now)
        story.follow(moved, now)
        _reschedule(current, subjects, now)
    return [rows.get(id(finding)) if finding.due is None else None for finding in findings]


def _kept(findings: Sequence[Finding], subjects: dict[int, Subject]) -> list[Finding]:
    """Leave out what is of a deleted service, or answers a due time that is not open any more."""
    open_due = _still_open(findings)
    kept = []
    for finding in findings:
        if finding.service_id in subjects and (finding.due is None or finding.due in open_due):
            kept.append(finding)
            # The first answers it.
            open_due.discard(finding.due)
    return kept


def _is_current(finding: Finding, subjects: dict[int, Subject]) -> bool:
    """Tell of a check on request whether it was asked with the settings that hold now.

    One that was begun before an edit is kept in the log, for whoever waits for it, and changes
    nothing.
    """
    revision = finding.revision
    return revision is None or revision == subjects[finding.service_id].revision


def _still_open(findings: Sequence[Finding]) -> set[DueTime]:
    ids = {finding.service_id for finding in findings if finding.due is not None}
    due = DueCheck.objects.filter(service__among=ids) if ids else DueCheck.objects.none()
    return {DueTime(*row) for row in due.values_list("service_id", "location", "due_at")}


def _log(kept: Sequence[Finding]) -> dict[int, ServiceStatus]:
    """Write the rows of the log.

    Gives those that somebody waits for and those with evidence, by the id of the finding.
    """
    quiet: list[Finding] = []
    waited_for: list[Finding] = []
    for finding in kept:
        alone = finding.due is not None and finding.result.evidence is None
        (quiet if alone else waited_for).append(finding)
    insert_many(ServiceStatus, ServiceStatus.LOGGED, [_values(finding) for finding in quiet])
    rows = ServiceStatus.objects.bulk_create(
        ServiceStatus(**dict(zip(ServiceStatus.LOGGED, _values(finding), strict=True)))
        for finding in waited_for
    )
    pairs = list(zip(waited_for, rows, strict=True))
    CheckEvidence.objects.bulk_create(
        CheckEvidence.from_evidence(row, finding.result.evidence)
        for finding, row in pairs
        if finding.result.evidence is not None
    )
    return {id(finding): row for finding, row in pairs}


def _as_logged(finding: Finding, rows: Mapping[int, ServiceStatus]) -> Finding:
    """Let a failure say where it stands in the log: it may be what an outage begins with."""
    row = rows.get(id(finding))
    if row is None or finding.result.status is not Status.DOWN:
        return finding
    return replace(finding, result=replace(finding.result, logged_as=row.pk))


def _values(finding: Finding) -> tuple[Any, ...]:
    return ServiceStatus.logged(finding.service_id, finding.result, finding.location)


def _take_in(subject: Subject, finding: Finding, now: datetime) -> tuple[Transition, ...]:
    """Let a result move its service; give the transitions."""
    result = finding.result
    subject.standing = after_clock_step(subject.standing, now)
    seen_at = subject.standing.seen_at
    if seen_at is None or result.checked_at >= seen_at:
        subject.last = result
        subject.recent = recent.append(subject.recent, result)
    subject.is_answered = subject.is_answered or finding.due is not None
    step = _step(subject, finding, now)
    subject.standing = step.standing
    return step.transitions


def _step(subject: Subject, finding: Finding, now: datetime) -> Step:
    result = finding.result
    if not subject.locations:
        fresh = fresh_until(result.ended_at, subject.interval_s, subject.timeout_s)
        return advance(subject.standing, result, subject.policy, fresh)
    if finding.due is None or result.status is Status.NOT_JUDGED:
        # A check on request is no location's.
        return Step(subject.standing)
    return votes.take_in(subject, finding.due.location, finding.due.at, result, now)


def _reschedule(kept: Sequence[Finding], subjects: dict[int, Subject], now: datetime) -> None:
    """Set the next due times: the next beat, or a retry while a failure is unconfirmed."""
    answered, sooner = [], []
    for finding in kept:
        subject = subjects[finding.service_id]
        retry = _retry(subject, finding.result, now)
        if finding.due is not None:
            beat = next_beat(subject.id, subject.interval_s, now)
            next_at = min(beat, retry) if retry else beat
            answered.append((next_at, None, subject.id, finding.due.location))
        # Of several locations one that cannot judge calls no others.
        calls_others = subject.locations and finding.result.status is not Status.NOT_JUDGED
        if retry is not None and (finding.due is None or calls_others):
            sooner.append((subject.id, retry))
    update_many(DueCheck, ("due_at", "lease_until"), answered, DUE_CHECK_KEYS)
    for service_id, retry in sooner:
        # What a checker has taken is about to be answered anyway.
        later = DueCheck.objects.filter(service=service_id, due_at__gt=retry, lease_until=None)
        later.update(due_at=retry)


def _retry(subject: Subject, result: CheckResult, now: datetime) -> datetime | None:
    """Give when to look again before the next beat; None where there is no need."""
    standing, every_s = subject.standing, subject.retry_interval_s
    if result.status is Status.NOT_JUDGED:
        return max(now, retry_at(result.checked_at, every_s))
    if standing.streak_since is None or result.status is not Status.DOWN:
        return None
    if subject.locations:
        # Their votes only count together where they are of one beat.
        return retry_beat(standing.streak_since, every_s, now)
    return max(now, retry_at(result.checked_at, every_s))
