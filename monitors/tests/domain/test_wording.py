from datetime import timedelta, timezone

import pytest

from monitors.domain.wording import ago, duration, iso_utc, milliseconds, rough_duration
from monitors.tests.clock import NOON, noon_plus


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "0 s"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3_600, "1 h"),
        (5_400, "1 h 30 min"),
        (3_601, "1 h"),
        (273_600, "3 d 4 h"),
        (604_800, "7 d"),
    ],
)
def test_duration_has_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1, "1 second"), (119, "1 minute"), (7_200, "2 hours"), (259_200, "3 days")],
)
def test_rough_duration_is_written_out(seconds: float, words: str) -> None:
    assert rough_duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (0.9, "just now"), (90, "1 minute ago"), (-7_200, "in 2 hours")],
)
def test_ago_looks_both_ways(seconds: float, words: str) -> None:
    assert ago(NOON, noon_plus(seconds)) == words


@pytest.mark.parametrize(
    ("value", "words"), [(None, "\u2013"), (4.21, "4.2 ms"), (12.6, "13 ms"), (1_350, "1.35 s")]
)
def test_milliseconds_keep_what_matters(value: float | None, words: str) -> None:
    assert milliseconds(value) == words


def test_moments_are_written_in_utc() -> None:
    berlin = NOON.astimezone(timezone(timedelta(hours=1)))
    assert iso_utc(berlin) == "2026-03-01T12:00:00.000Z"
