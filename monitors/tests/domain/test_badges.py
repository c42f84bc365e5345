"""What badges say of states, uptime and response times, and by which label."""

from datetime import timedelta

import pytest

from monitors.domain.badges import (
    RANGES,
    Figure,
    Value,
    Wanted,
    checked_label,
    response_value,
    state_value,
    uptime_value,
    usual_label,
)
from monitors.domain.spec import BadSetting
from monitors.domain.status_pages import PartState
from monitors.domain.uptime import Uptime

DAY = timedelta(days=1)
UP, DOWN, UNKNOWN = PartState.OPERATIONAL, PartState.OUTAGE, PartState.UNKNOWN
SLOW, AT_WORK = PartState.DEGRADED, PartState.MAINTENANCE


@pytest.mark.parametrize(
    ("states", "words", "kind"),
    [
        ([], "unknown", "unknown"),
        ([UNKNOWN], "unknown", "unknown"),
        ([UNKNOWN, UNKNOWN], "unknown", "unknown"),
        ([UP], "up", "up"),
        ([UP, UNKNOWN], "partly unknown", "unknown"),
        ([SLOW, UNKNOWN, UP], "degraded", "degraded"),
        ([AT_WORK, UP], "maintenance", "maintenance"),
        ([AT_WORK, UNKNOWN], "partly unknown", "unknown"),
        ([DOWN], "down", "down"),
        ([DOWN, UNKNOWN], "down", "down"),
        ([DOWN, UP], "partly down", "down"),
        ([DOWN, AT_WORK], "partly down", "down"),
    ],
)
def test_the_worst_state_goes_first(states: list[PartState], words: str, kind: str) -> None:
    assert state_value(states) == Value(words, kind)


@pytest.mark.parametrize(
    ("found", "services", "words", "kind"),
    [
        (Uptime(), 0, "unknown", "unknown"),
        (Uptime(unknown_s=86_400), 1, "unknown", "unknown"),
        (Uptime(paused_s=86_400), 1, "unknown", "unknown"),
        (Uptime(up_s=86_400), 1, "100 %", "up"),
        (Uptime(degraded_s=86_400), 1, "100 %", "up"),
        (Uptime(up_s=86_399.2, down_s=0.8), 1, "99.99 %", "up"),
        (Uptime(up_s=86_300, down_s=100), 1, "99.88 %", "degraded"),
        (Uptime(up_s=80_000, down_s=6_400), 1, "92.59 %", "down"),
        (Uptime(down_s=86_400), 1, "0.00 %", "down"),
        (Uptime(up_s=1_200, unknown_s=85_200), 1, "100 % of 20 minutes", "up"),
        (Uptime(up_s=172_800), 2, "100 %", "up"),
        (Uptime(up_s=86_400, unknown_s=86_400), 2, "100 % of 12 hours", "up"),
    ],
)
def test_uptime_is_of_what_was_seen(found: Uptime, services: int, words: str, kind: str) -> None:
    assert uptime_value(found, DAY, services) == Value(words, kind)


def test_a_response_time_that_nobody_measured_is_unknown() -> None:
    assert response_value(None) == Value("unknown", "unknown")
    assert response_value(123.4) == Value("123 ms", "plain")


@pytest.mark.parametrize(
    ("wanted", "label"),
    [
        (Wanted(Figure.STATE), "Shop"),
        (Wanted(Figure.RESPONSE), "Shop response time"),
        *((Wanted(Figure.UPTIME, name), f"Shop uptime {name[:-1]} {name[-1]}") for name in RANGES),
    ],
)
def test_a_label_names_the_subject_and_the_figure(wanted: Wanted, label: str) -> None:
    assert usual_label("Shop", wanted) == label
    assert len(usual_label("n" * 200, wanted)) == 50


@pytest.mark.parametrize(
    "label", ["l" * 51, "two\nlines", "bell\x07", "half \ud800", "turned \u202e", " ", "\u200b"]
)
def test_a_label_is_a_short_line(label: str) -> None:
    with pytest.raises(BadSetting):
        checked_label(label)
    assert checked_label("l" * 50) == "l" * 50
