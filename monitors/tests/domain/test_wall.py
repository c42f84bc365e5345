from collections import Counter

import pytest

from monitors.domain.reasons import Reason
from monitors.domain.state import State
from monitors.domain.wall import (
    Plan,
    Size,
    count_words,
    headline,
    large_tiles,
    places_for,
    plan,
    reason_words,
    room_below,
)

UP, DEGRADED, DOWN, UNKNOWN, PAUSED = (
    State.UP,
    State.DEGRADED,
    State.DOWN,
    State.UNKNOWN,
    State.PAUSED,
)
ALL_ROOM = room_below(0, is_late=False)


@pytest.mark.parametrize(
    ("counts", "words", "kind"),
    [
        ({}, "No services", "unknown"),
        ({UP: 1}, "1 service up", "up"),
        ({UP: 22}, "All 22 services up", "up"),
        ({UP: 19, PAUSED: 3}, "19 services up", "up"),
        ({PAUSED: 1}, "1 service paused", "unknown"),
        ({UP: 19, DOWN: 2, DEGRADED: 1}, "2 down · 1 degraded", "down"),
        ({UP: 19, DEGRADED: 1, UNKNOWN: 1}, "1 degraded · 1 unknown", "degraded"),
        ({UNKNOWN: 1_200, UP: 1}, "1,200 unknown", "unknown"),
    ],
)
def test_a_headline_says_the_worst_first(counts: dict[State, int], words: str, kind: str) -> None:
    said = headline(Counter(counts), is_late=False)
    assert (said.words, said.kind) == (words, kind)


def test_nothing_is_well_while_checks_are_late() -> None:
    said = headline(Counter({UP: 22}), is_late=True)
    assert (said.words, said.kind) == ("Checks are late", "degraded")
    assert headline(Counter({UP: 21, DOWN: 1}), is_late=True).words == "1 down"


def test_a_long_headline_is_written_smaller() -> None:
    assert not headline(Counter({DOWN: 2, DEGRADED: 1}), is_late=False).is_long
    assert headline(Counter({DOWN: 12, DEGRADED: 10}), is_late=False).is_long


def test_what_has_no_place_is_counted() -> None:
    assert count_words(Counter({UP: 9_988, DOWN: 3, PAUSED: 12})) == "9,988 up · 12 paused"
    assert count_words(Counter({DOWN: 3})) == ""


@pytest.mark.parametrize(
    ("state", "status", "reason", "words"),
    [
        (DOWN, "DOWN", "timeout", "Timeout"),
        (DOWN, "UP", "ok", "Recovering"),
        (DOWN, "UNKNOWN", "internal", "Not judged"),
        (DEGRADED, "DEGRADED", "slow", "Slow"),
        (UNKNOWN, "UP", "ok", "Not checked"),
        (UNKNOWN, "", "", "Waiting for the first check"),
        (DOWN, "DOWN", "of-a-newer", ""),
    ],
)
def test_a_reason_is_a_word_or_two(state: State, status: str, reason: str, words: str) -> None:
    assert reason_words(state, status, reason) == words


def test_every_reason_has_a_short_word() -> None:
    assert all(0 < len(reason.label) <= 14 for reason in Reason)


def test_the_last_large_place_says_how_many_more_there_are() -> None:
    assert [large_tiles(count) for count in (0, 1, 9, 10, 300)] == [0, 1, 9, 8, 8]


def test_room_shrinks_with_what_is_not_well_but_never_below_a_line_of_numbers() -> None:
    rooms = [
        room_below(count, is_late=late) for count in (0, 3, 4, 9, 300) for late in (False, True)
    ]
    assert max(rooms) == ALL_ROOM
    assert min(rooms) >= 6.5
    assert room_below(300, is_late=False) == room_below(9, is_late=False)


@pytest.mark.parametrize(
    ("groups", "chosen"),
    [
        ([5], Plan(Size.HUGE, is_grouped=False)),
        ([18], Plan(Size.ROOMY, is_grouped=False)),
        ([9, 7, 6], Plan(Size.MEDIUM, is_grouped=True)),
        ([1] * 6, Plan(Size.HUGE, is_grouped=False)),
        ([7] * 5, Plan(Size.MEDIUM, is_grouped=False)),
        ([50], Plan(Size.DENSE, is_grouped=False)),
        ([51], None),
    ],
)
def test_small_tiles_are_as_large_as_they_fit_and_grouped_if_possible(
    groups: list[int], chosen: Plan | None
) -> None:
    assert plan(groups, ALL_ROOM) == chosen
    assert places_for(ALL_ROOM) == 50
