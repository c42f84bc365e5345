import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.domain.result import Status
from monitors.domain.rollups import (
    NOTHING,
    buckets_text,
    merge,
    read_buckets,
    summarise,
)

TIMES = st.floats(0.001, 60_000)
RESULTS = st.lists(st.tuples(st.sampled_from(list(Status)), st.none() | TIMES))


def test_a_summary_counts_and_measures() -> None:
    found = summarise([(Status.UP, 10.0), (Status.DEGRADED, 30.0), (Status.DOWN, None)])
    assert (found.up, found.degraded, found.down, found.checks) == (1, 1, 1, 3)
    assert (found.timed, found.mean_ms, found.min_ms, found.max_ms) == (2, 20.0, 10.0, 30.0)
    assert found.worst is Status.DOWN


def test_nothing_has_no_times() -> None:
    assert summarise([]) == NOTHING
    assert (NOTHING.mean_ms, NOTHING.percentile_ms(0.5)) == (None, None)


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_percentiles_are_within_a_fortieth(share: float) -> None:
    random.seed(4)
    times = sorted(random.lognormvariate(4, 1) for _ in range(5_000))
    found = summarise((Status.UP, time_ms) for time_ms in times)
    exact = times[int(share * len(times)) - 1]
    assert found.percentile_ms(share) == pytest.approx(exact, rel=0.026)


def test_a_percentile_of_one_value_is_that_value() -> None:
    found = summarise([(Status.UP, 12.345)])
    assert [found.percentile_ms(share) for share in (0, 0.5, 1)] == [12.345] * 3


@given(RESULTS, RESULTS)
def test_joining_is_as_if_all_were_summed_up_at_once(
    one: list[tuple[Status, float | None]], other: list[tuple[Status, float | None]]
) -> None:
    joined, whole = merge([summarise(one), summarise(other)]), summarise(one + other)
    assert joined.sum_ms == pytest.approx(whole.sum_ms)
    for share in (0.01, 0.5, 0.99):
        assert joined.percentile_ms(share) == whole.percentile_ms(share)
    parts = ("up", "degraded", "down", "timed", "min_ms", "max_ms", "buckets")
    assert [getattr(joined, name) for name in parts] == [getattr(whole, name) for name in parts]


@given(RESULTS)
def test_buckets_are_read_as_they_were_written(results: list[tuple[Status, float | None]]) -> None:
    buckets = summarise(results).buckets
    assert read_buckets(buckets_text(buckets)) == dict(buckets)
