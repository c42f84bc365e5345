"""The confirmed state of a service, and how a result moves it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from .result import CheckResult, Status


class State(StrEnum):
    """What a service is held to be, as far as confirmed."""

    UNKNOWN = "UNKNOWN"
    UP = "UP"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    PAUSED = "PAUSED"

    @property
    def label(self) -> str:
        return self.value.capitalize()


# Of the machines that check for one database.
CLOCKS_MAY_DIFFER = timedelta(seconds=60)

STATE_OF = {Status.UP: State.UP, Status.DEGRADED: State.DEGRADED, Status.DOWN: State.DOWN}


@dataclass(frozen=True, slots=True)
class Policy:
    """How many results in a row confirm a change."""

    failures_before_down: int = 2
    successes_before_up: int = 1


@dataclass(frozen=True, slots=True)
class Cause:
    """The check that showed a change first."""

    at: datetime
    reason: str
    message: str
    check_id: int | None = None
    """Its row in the log."""

    @classmethod
    def of(cls, result: CheckResult) -> Self:
        return cls(result.checked_at, result.reason.value, result.message, result.logged_as)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a service stands between two checks."""

    state: State
    since: datetime
    """When the present state began: the start of its open period."""
    streak: int = 0
    """Results in a row that speak against the state and are not enough yet."""
    streak_since: datetime | None = None
    """When the first of them was found."""
    seen_at: datetime | None = None
    """When the newest result that counted was found; nothing from before it counts any more."""
    fresh_until: datetime | None = None
    """From when on nobody has looked lately; None while nobody ever did."""
    cause: Cause | None = None
    """Of a streak of failures: its first."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One confirmed change of state."""

    old: State
    new: State
    at: datetime
    cause: Cause | None = None
    """Of a change to DOWN, where it is known."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a result did to a standing; `transitions` in order of time, mostly none."""

    standing: Standing
    transitions: tuple[Transition, ...] = ()


def advance(standing: Standing, result: CheckResult, policy: Policy, fresh_until: datetime) -> Step:
    """Move the state of a service by one result.

    A change is confirmed by `failures_before_down` DOWN results in a row, out of DOWN by
    `successes_before_up` others in a row, and begins at the first of them. The first result
    after UNKNOWN decides at once, and so does a change between UP and DEGRADED. A result that
    is not newer than the newest that counted changes nothing; one that is older than the present
    state (a clock was set back) counts from where that began. Time in which the service was not
    fresh becomes UNKNOWN. One that was not judged changes nothing: freshness runs on.
    `fresh_until` is how long this result stays fresh.
    """
    not_counted = result.status is Status.NOT_JUDGED or standing.state is State.PAUSED
    if not_counted or _comes_late(standing, result):
        return Step(standing)
    closed = _close_gap(standing, result.checked_at)
    moved = _confirm(closed.standing, result, policy)
    seen = replace(moved.standing, seen_at=result.checked_at, fresh_until=fresh_until)
    return Step(seen, closed.transitions + moved.transitions)


def after_clock_step(standing: Standing, now: datetime) -> Standing:
    """Forget when the service was last seen, if that lies ahead: the clock was set back.

    Otherwise nothing that is found would count until the clock has caught up.
    """
    if standing.seen_at is None or standing.seen_at <= now + CLOCKS_MAY_DIFFER:
        return standing
    return replace(standing, seen_at=None, fresh_until=None)


def just_after(standing: Standing, at: datetime) -> datetime:
    """Give the moment, or the first one that counts where something newer has been taken in."""
    if standing.seen_at is None or at > standing.seen_at:
        return at
    return standing.seen_at + timedelta(microseconds=1)


def refreshed(standing: Standing, result: CheckResult, fresh_until: datetime) -> Standing:
    """Keep a state fresh by a result that decides nothing, where it says the same.

    One that says something else speaks against the state, and does not keep it alive.
    """
    fresh = standing.fresh_until is not None and result.checked_at <= standing.fresh_until
    is_down = standing.state is State.DOWN
    if not fresh or standing.state in {State.UNKNOWN, State.PAUSED}:
        return standing
    if is_down is not (result.status is Status.DOWN):
        return standing
    return replace(standing, seen_at=result.checked_at, fresh_until=fresh_until)


def expire(standing: Standing, now: datetime) -> Step:
    """Close the gap of a service that nobody looked at until now: it is UNKNOWN since."""
    if standing.state is State.PAUSED:
        return Step(standing)
    return _close_gap(standing, now)


def move(standing: Standing, new: State, at: datetime, cause: Cause | None = None) -> Step:
    """Put a service into another state, forgetting what was not confirmed."""
    if new is standing.state:
        # Mostly there is nothing to forget.
        return Step(_without_streak(standing) if standing.streak else standing)
    began = max(at, standing.since)
    after = replace(_without_streak(standing), state=new, since=began)
    return Step(after, (Transition(standing.state, new, began, cause),))


def _without_streak(standing: Standing) -> Standing:
    return replace(standing, streak=0, streak_since=None, cause=None)


def _comes_late(standing: Standing, result: CheckResult) -> bool:
    return standing.seen_at is not None and result.checked_at <= standing.seen_at


def _close_gap(standing: Standing, now: datetime) -> Step:
    fresh_until = standing.fresh_until
    if standing.state is State.UNKNOWN or fresh_until is None or now <= fresh_until:
        return Step(standing)
    return move(standing, State.UNKNOWN, fresh_until)


def _confirm(standing: Standing, result: CheckResult, policy: Policy) -> Step:
    found = STATE_OF[result.status]
    if found is standing.state:
        return move(standing, found, result.checked_at)
    begins = standing.streak_since is None
    is_failure = found is State.DOWN
    cause = Cause.of(result) if is_failure and begins else standing.cause
    if not wants_confirmation(standing.state, found):
        return move(standing, found, result.checked_at, cause if is_failure else None)
    streak = standing.streak + 1
    streak_since = standing.streak_since or result.checked_at
    needed = policy.failures_before_down if is_failure else policy.successes_before_up
    if streak >= needed:
        return move(standing, found, streak_since, cause)
    return Step(replace(standing, streak=streak, streak_since=streak_since, cause=cause))


def wants_confirmation(state: State, found: State) -> bool:
    """Tell whether such a change takes several results in a row."""
    return state is not State.UNKNOWN and State.DOWN in (state, found)
