from datetime import timedelta

import pytest

from monitors.domain.schedule import NEIGHBOURS, next_beat, retry_at
from monitors.tests.clock import NOON, noon_plus


@pytest.mark.parametrize("interval_s", [1, 7, 60, 3_600, 604_800])
@pytest.mark.parametrize("service_id", [1, 2, 999, 10_000_019])
def test_beats_are_one_interval_apart_and_ahead(service_id: int, interval_s: int) -> None:
    first = next_beat(service_id, interval_s, NOON)
    second = next_beat(service_id, interval_s, first)
    assert NOON < first <= noon_plus(interval_s)
    assert abs((second - first).total_seconds() - interval_s) < 1e-5


def test_missed_beats_are_skipped() -> None:
    first = next_beat(5, 60, NOON)
    after_a_stall = next_beat(5, 60, first + timedelta(seconds=60 * 1_000 + 1))
    assert abs((after_a_stall - first).total_seconds() - 60 * 1_001) < 1e-4


def test_the_beat_does_not_depend_on_when_it_is_asked_for() -> None:
    beats = {next_beat(5, 60, next_beat(5, 60, NOON) - timedelta(seconds=s)) for s in (1, 20, 59)}
    assert len(beats) == 1


def test_services_are_spread_evenly_over_the_interval() -> None:
    seconds = sorted((next_beat(i, 60, NOON) - NOON).total_seconds() for i in range(1, 10_001))
    in_each_second = [sum(second < s <= second + 1 for s in seconds) for second in range(60)]
    # 10,000 / 60 = 166.7 a second.
    assert max(in_each_second) <= 190
    assert min(in_each_second) >= 140


def test_neighbours_follow_each_other_and_their_group_is_short() -> None:
    group = [next_beat(i, 60, NOON) for i in range(NEIGHBOURS, 2 * NEIGHBOURS)]
    assert group == sorted(group)
    assert group[-1] - group[0] < timedelta(seconds=0.6)


def test_retry_counts_from_the_check() -> None:
    assert retry_at(NOON, 15) == noon_plus(15)
