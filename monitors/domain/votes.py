"""What the locations of a service say together.

Locations check at the same beats. A service is DOWN at a beat where enough of them said so at that
beat; in which order their votes arrive makes no difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .result import Status


@dataclass(frozen=True, slots=True)
class Vote:
    """What a location found at one of its beats."""

    status: Status
    beat: datetime
    """The due time that it answers."""
    began: datetime
    ended: datetime

    def is_of_one_beat_with(self, other: "Vote") -> bool:
        """Tell whether two votes speak of the same time.

        A check may outlast the interval: it speaks for all the beats that passed meanwhile.
        """
        overlap = self.began < other.ended and other.began < self.ended
        return self.beat == other.beat or overlap


@dataclass(frozen=True, slots=True)
class Voter:
    """Another location, whose newest vote is still fresh."""

    vote: Vote
    due_at: datetime

    def may_say_down(self, beat: datetime) -> bool:
        """Whether it said DOWN, or has not answered this beat yet."""
        return self.vote.status is Status.DOWN or self.due_at <= beat


@dataclass(frozen=True, slots=True)
class Agreement:
    """What enough locations say, up to a beat; no later vote of that beat is counted again."""

    status: Status
    beat: datetime


def agreement(
    vote: Vote, others: Sequence[Voter], needed: int, counted: datetime | None
) -> Agreement | None:
    """Tell what a vote and the others come to; None while that is open.

    DOWN where at least `needed` said so at one beat, of those beats that come after the one that
    was counted last. Else, once so many cannot say DOWN at this beat any more, the worse of what
    is not DOWN.
    """
    if vote.status is Status.DOWN:
        return _down(vote, [other.vote for other in others], needed, counted)
    if sum(other.may_say_down(vote.beat) for other in others) >= needed:
        return None
    said = {vote.status, *(other.vote.status for other in others)}
    return Agreement(Status.DEGRADED if Status.DEGRADED in said else Status.UP, vote.beat)


def _down(
    vote: Vote, others: Sequence[Vote], needed: int, counted: datetime | None
) -> Agreement | None:
    same = [
        other
        for other in (vote, *others)
        if other.status is Status.DOWN
        and other.is_of_one_beat_with(vote)
        and (counted is None or other.beat > counted)
    ]
    if vote not in same or len(same) < needed:
        return None
    return Agreement(Status.DOWN, max(other.beat for other in same))
