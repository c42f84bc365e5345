"""Takes in what one location of a service found, inside the caller's transaction."""

from dataclasses import replace
from datetime import datetime, timedelta

from monitors.domain.freshness import fresh_since, fresh_until
from monitors.domain.result import CheckResult, Status
from monitors.domain.schedule import next_beat
from monitors.domain.state import (
    CLOCKS_MAY_DIFFER,
    STATE_OF,
    Step,
    advance,
    just_after,
    refreshed,
    wants_confirmation,
)
from monitors.domain.votes import Agreement, Vote, Voter, agreement
from monitors.models import DueCheck, Service

from .subjects import Subject


def take_in(
    subject: Subject, location: str, due_at: datetime, result: CheckResult, now: datetime
) -> Step:
    """Let the vote of a location move its service, where it makes enough of them agree.

    Votes are not written in the order in which their checks began: each counts all the same, from
    when the last one was taken. What has to come several times in a row is an agreement, and of
    each beat only one counts.
    """
    standing = subject.standing
    beat = _beat_of(subject, due_at, result)
    vote = Vote(result.status, beat, result.checked_at, result.ended_at)
    taken_at = just_after(standing, result.checked_at)
    others, counted = _others(subject, location, taken_at, now)
    _write(subject.id, location, vote)
    found = agreement(vote, others, subject.locations_before_down, counted)
    fresh = fresh_until(
        just_after(standing, result.ended_at), subject.interval_s, subject.timeout_s
    )
    if found is None:
        return Step(refreshed(standing, replace(result, checked_at=taken_at), fresh))
    if wants_confirmation(standing.state, STATE_OF[found.status]):
        if counted is not None and found.beat <= counted:
            return Step(standing)
        _count(subject.id, found)
    agreed = replace(result, status=found.status, checked_at=taken_at)
    return advance(standing, agreed, subject.policy, fresh)


def _beat_of(subject: Subject, due_at: datetime, result: CheckResult) -> datetime:
    """Give the beat that a check speaks for: of one that comes long after its time, its own."""
    interval = timedelta(seconds=subject.interval_s)
    if result.checked_at - due_at <= max(interval, CLOCKS_MAY_DIFFER):
        return due_at
    return next_beat(subject.id, subject.interval_s, result.checked_at) - interval


def _others(
    subject: Subject, location: str, taken_at: datetime, now: datetime
) -> tuple[list[Voter], datetime | None]:
    """Give the other locations that were heard lately, and the beat that was counted last."""
    since = fresh_since(taken_at, subject.interval_s, subject.timeout_s)
    rows = DueCheck.objects.filter(service=subject.id).values_list(
        "location",
        "due_at",
        "last_status",
        "last_beat_at",
        "last_checked_at",
        "last_ended_at",
        "service__agreed_beat_at",
    )
    others, counted = [], None
    for name, due_at, status, beat, began, ended, agreed_beat_at in rows:
        counted = agreed_beat_at
        if name == location or beat is None or began is None or ended is None:
            continue
        if began >= since:
            others.append(Voter(Vote(Status(status), beat, began, ended), due_at))
    if counted is not None and counted > now + CLOCKS_MAY_DIFFER:
        # The clock was set back: else nothing would count until it has caught up.
        counted = None
    return others, counted


def _write(service_id: int, location: str, vote: Vote) -> None:
    DueCheck.objects.filter(service=service_id, location=location).update(
        last_status=vote.status.value,
        last_beat_at=vote.beat,
        last_checked_at=vote.began,
        last_ended_at=vote.ended,
    )


def _count(service_id: int, found: Agreement) -> None:
    Service.objects.filter(pk=service_id).update(agreed_beat_at=found.beat)
