from datetime import timedelta

import pytest

from monitors.domain.chart_range import DAY, HOUR, LENGTHS, MINUTE, ChartRange, named, step_of
from monitors.tests.clock import NOON

LONG_AGO = NOON - timedelta(days=3_000)


@pytest.mark.parametrize(
    ("length", "interval_s", "step"),
    [
        (timedelta(minutes=30), 60, MINUTE),
        (timedelta(hours=6), 60, 5 * MINUTE),
        (timedelta(hours=24), 60, 15 * MINUTE),
        # Every check would be read.
        (timedelta(hours=24), 1, HOUR),
        (timedelta(minutes=30), 0.5, HOUR),
        (timedelta(days=7), 3_600, HOUR),
        (timedelta(days=14), 60, HOUR),
        (timedelta(days=30), 60, DAY),
        (timedelta(days=1_000), 60, DAY),
    ],
)
def test_a_step_is_as_fine_as_the_range_allows(
    length: timedelta, interval_s: float, step: timedelta
) -> None:
    assert step_of(ChartRange(NOON - length, NOON), interval_s, LONG_AGO) == step


def test_below_an_hour_only_as_far_as_the_log_reaches() -> None:
    day = ChartRange(NOON - timedelta(hours=24), NOON)
    assert step_of(day, 60, day.start) == 15 * MINUTE
    assert step_of(day, 60, day.start + timedelta(seconds=1)) == HOUR
    assert step_of(day, 60, None) == HOUR


def test_usual_ranges_have_names() -> None:
    found = named("30d", NOON)
    assert found == ChartRange(NOON - timedelta(days=30), NOON, "30d")
    assert named("31d", NOON) is None
    assert len({length.name for length in LENGTHS}) == len(LENGTHS)
