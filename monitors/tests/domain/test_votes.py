from datetime import datetime
from itertools import permutations

import pytest

from monitors.domain.result import Status
from monitors.domain.votes import Agreement, Vote, Voter, agreement
from monitors.tests.clock import NOON, noon_plus

UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN
EVERY_S = 60


def a_vote(status: Status, beat_s: float, lasts_s: float = 0.1, late_s: float = 0.0) -> Vote:
    began = noon_plus(beat_s + late_s)
    return Vote(status, noon_plus(beat_s), began, noon_plus(beat_s + late_s + lasts_s))


def heard(vote: Vote, *, again: bool = False) -> Voter:
    """Of the beat before, and due at this one where `again`; else due at the next."""
    return Voter(vote, noon_plus(EVERY_S if again else 2 * EVERY_S))


def counted_in(order: list[tuple[str, Status]], before: dict[str, Status], needed: int) -> object:
    """Let locations vote at one beat in an order; give what they agree on, each time anew."""
    voters = {place: heard(a_vote(status, 0), again=True) for place, status in before.items()}
    counted: datetime | None = None
    agreed = []
    for place, status in order:
        vote = a_vote(status, EVERY_S)
        others = [voter for name, voter in voters.items() if name != place]
        found = agreement(vote, others, needed, counted)
        voters[place] = heard(vote)
        if found is not None and (counted is None or found.beat > counted):
            counted = found.beat
            agreed.append(found.status)
    return agreed


@pytest.mark.parametrize("needed", [1, 2, 3])
@pytest.mark.parametrize("before", [[UP, UP, UP], [DOWN, UP, UP], [DOWN, DOWN, UP], [DOWN] * 3])
@pytest.mark.parametrize("now", [[UP, UP, UP], [DOWN, UP, UP], [DOWN, DOWN, UP], [DOWN] * 3])
def test_a_beat_is_counted_once_and_the_same_in_any_order(
    before: list[Status], now: list[Status], needed: int
) -> None:
    votes = dict(zip(("berlin", "oslo", "paris"), now, strict=True))
    expected = [DOWN if now.count(DOWN) >= needed else UP]
    for said in permutations(before):
        known = dict(zip(votes, said, strict=True))
        for order in permutations(votes.items()):
            assert counted_in(list(order), known, needed) == expected


@pytest.mark.parametrize(
    ("vote", "others", "needed", "counted", "agreed"),
    [
        # A location alone, where nobody else was heard lately.
        (a_vote(UP, 60), [], 2, None, Agreement(UP, noon_plus(60))),
        (a_vote(DOWN, 60), [], 2, None, None),
        (a_vote(DOWN, 60), [], 1, None, Agreement(DOWN, noon_plus(60))),
        # Two single failures of two beats are no agreement.
        (a_vote(DOWN, 60), [heard(a_vote(DOWN, 0), again=True)], 2, None, None),
        (a_vote(DOWN, 60), [heard(a_vote(DOWN, 0))], 2, None, None),
        # One that is still waiting for its answer speaks for the beats that pass meanwhile.
        (
            a_vote(DOWN, 60),
            [heard(a_vote(DOWN, 0, lasts_s=65))],
            2,
            None,
            Agreement(DOWN, noon_plus(60)),
        ),
        (
            a_vote(DOWN, 0, lasts_s=65),
            [heard(a_vote(DOWN, 60))],
            2,
            None,
            Agreement(DOWN, noon_plus(60)),
        ),
        # Of a beat that was counted no vote counts again, however late it comes.
        (a_vote(DOWN, 60), [heard(a_vote(DOWN, 60))], 2, noon_plus(60), None),
        (a_vote(DOWN, 60, lasts_s=9), [heard(a_vote(DOWN, 0, lasts_s=65))], 2, NOON, None),
        # What has not answered this beat may still say so; what skips it speaks as it did last.
        (a_vote(UP, 60), [heard(a_vote(UP, 0), again=True)], 1, None, None),
        (a_vote(UP, 60), [heard(a_vote(UP, 0))], 1, None, Agreement(UP, noon_plus(60))),
        (a_vote(UP, 60), [heard(a_vote(DOWN, 0))], 1, None, None),
        # The worse of what is not DOWN.
        (
            a_vote(UP, 60),
            [heard(a_vote(DEGRADED, 60))],
            1,
            None,
            Agreement(DEGRADED, noon_plus(60)),
        ),
        (
            a_vote(DEGRADED, 60),
            [heard(a_vote(DOWN, 60)), heard(a_vote(UP, 60))],
            2,
            None,
            Agreement(DEGRADED, noon_plus(60)),
        ),
    ],
)
def test_edges(
    vote: Vote, others: list[Voter], needed: int, counted: datetime | None, agreed: Agreement | None
) -> None:
    assert agreement(vote, others, needed, counted) == agreed
