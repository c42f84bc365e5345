import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitors.charts.phase_areas import phase_areas
from monitors.charts.recent_bar import HEIGHT, SLOTS, Bar, bars, svg
from monitors.charts.response_chart import HEIGHT as PLOT_HEIGHT
from monitors.charts.response_chart import Label, ResponseChart, ResponsePoint, response_chart
from monitors.charts.scale import Scale, round_ticks, time_ticks
from monitors.charts.waterfall import PhaseBar, waterfall
from monitors.domain.bands import Band, BandKind
from monitors.domain.observation import Phases
from monitors.domain.recent import RecentResult, append
from monitors.domain.result import Status
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_result

UP, DOWN = Status.UP, Status.DOWN


@pytest.mark.parametrize(
    ("high", "ticks"),
    [
        (0, (0, 1)),
        (1, (0, 0.25, 0.5, 0.75, 1)),
        (87, (0, 25, 50, 75, 100)),
        (150, (0, 50, 100, 150)),
        (4_321, (0, 2_000, 4_000, 6_000)),
    ],
)
def test_ticks_are_round_and_reach_the_highest_value(high: float, ticks: tuple[float, ...]) -> None:
    assert round_ticks(high) == pytest.approx(ticks)


def test_time_ticks_are_round_moments_within_the_range() -> None:
    assert time_ticks(noon_plus(100), noon_plus(3_700)) == tuple(
        noon_plus(s) for s in (900, 1_800, 2_700, 3_600)
    )
    assert len(time_ticks(NOON, NOON + timedelta(days=90))) <= 4
    # Their labels tell minutes.
    assert time_ticks(noon_plus(5), noon_plus(65)) == (noon_plus(60),)


@pytest.mark.parametrize(
    ("first", "hours"),
    [
        # Two o'clock is skipped: its place is that of three.
        ("2026-03-29T01:00+01:00", [0, 1, 2]),
        # Two o'clock comes twice, and is marked once.
        ("2026-10-25T01:00+02:00", [0, 1, 3, 4]),
    ],
)
def test_time_ticks_at_a_change_of_clocks(first: str, hours: list[int]) -> None:
    start = datetime.fromisoformat(first)
    berlin = ZoneInfo("Europe/Berlin")
    end = start + timedelta(hours=hours[-1])
    assert time_ticks(start.astimezone(berlin), end.astimezone(berlin)) == tuple(
        start + timedelta(hours=hour) for hour in hours
    )


def test_time_ticks_are_round_by_the_clock_they_are_given_in() -> None:
    there = ZoneInfo("Asia/Kathmandu")
    ticks = time_ticks(noon_plus(0).astimezone(there), noon_plus(7_200).astimezone(there))
    assert [f"{at.astimezone(there):%H:%M}" for at in ticks] == ["18:00", "18:30", "19:00", "19:30"]


def test_a_label_does_not_reach_over_the_edge() -> None:
    assert [Label(percent).anchor for percent in (0, 50, 100)] == ["start", "middle", "end"]


def test_scale_maps_its_ends_onto_each_other() -> None:
    scale = Scale(10, 20, 100, 0)
    assert (scale(10), scale(15), scale(20)) == (100, 50, 0)
    assert Scale(5, 5, 7, 9)(5) == 7


def test_bars_stand_at_the_right_and_down_is_full_height() -> None:
    drawn = bars(
        [RecentResult(UP, 100), RecentResult(Status.DEGRADED, 200), RecentResult(DOWN, None)]
    )
    assert len(drawn) == SLOTS
    assert {bar.kind for bar in drawn[:-3]} == {"empty"}
    assert drawn[-3:] == (
        Bar(135, 12, 12, "up"),
        Bar(140, 5, 19, "degraded"),
        Bar(145, 0, HEIGHT, "down"),
    )


def test_only_as_many_bars_as_there_are_slots() -> None:
    assert [bar.kind for bar in bars([RecentResult(UP, 1)] * (SLOTS + 5))] == ["up"] * SLOTS


def drawn_until(
    end_s: float, found: Sequence[ResponsePoint], *shaded: tuple[BandKind, float, float]
) -> ResponseChart:
    over = [Band(kind, noon_plus(start), noon_plus(end)) for kind, start, end in shaded]
    chart = response_chart(found, NOON, noon_plus(end_s), over)
    assert chart is not None
    return chart


def checks(*found: tuple[float, Status, float | None]) -> list[ResponsePoint]:
    return [ResponsePoint(noon_plus(s), status, ms) for s, status, ms in found]


def test_line_breaks_at_an_outage_and_at_a_gap() -> None:
    found = [(0.0, UP, 10.0), (60, UP, 20), (120, DOWN, None), (180, UP, 10), (240, UP, 10)]
    chart = drawn_until(1_000, checks(*found, (900, UP, 10), (1_000, UP, 5)))
    assert chart.line == "M0 100L60 0M180 100L240 100M900 100L1000 150"
    assert chart.failures == f"M120 {PLOT_HEIGHT}v-12"
    assert [tick.text for tick in chart.values] == ["0", "5.0 ms", "10 ms", "15 ms", "20 ms"]
    assert [tick.percent for tick in chart.values] == [100, 75, 50, 25, 0]
    assert chart.summary == "7 checks, 1 of them down; response times from 5.0 ms to 20 ms."


def test_line_breaks_where_a_check_was_not_judged_and_one_alone_is_a_point() -> None:
    chart = drawn_until(
        240, checks((0, UP, 10), (120, Status.NOT_JUDGED, None), (180, UP, 10), (240, UP, 20))
    )
    assert chart.line == "M0 100h0M750 100L1000 0"
    assert chart.failures == ""
    assert chart.summary == (
        "4 checks, 0 of them down, 1 not judged; response times from 10 ms to 20 ms."
    )


def test_a_spread_lies_between_the_middle_and_the_upper_values() -> None:
    found = [
        ResponsePoint(noon_plus(s), UP, 10, 20, checks=60, down=down)
        for s, down in ((0, 0), (60, 2), (120, 0))
    ]
    chart = drawn_until(120, found)
    assert chart.spread == "M0 0L500 0L1000 0L1000 100L500 100L0 100Z"
    assert chart.failures == f"M500 {PLOT_HEIGHT}v-12"
    assert chart.summary == "180 checks, 2 of them down; response times from 10 ms to 10 ms."


def test_what_else_went_on_is_shaded_from_its_start_to_its_end_within_the_chart() -> None:
    found = checks((0, UP, 10), (100, UP, 10))
    down, planned = BandKind.DOWN, BandKind.MAINTENANCE
    chart = drawn_until(100, found, (down, -50, 10), (down, 50, 50.001), (planned, 90, 500))
    assert [(shade.kind, shade.path) for shade in chart.shades] == [
        ("down", "M0 0h100v200h-100ZM500 0h1v200h-1Z"),
        ("maintenance", "M900 0h100v200h-100Z"),
    ]
    assert drawn_until(100, found, (down, -50, 0), (down, 100, 150)).shades == ()


def test_a_script_gets_what_each_point_says() -> None:
    found = [ResponsePoint(noon_plus(0), UP, 10.04, 20.26, 60, 2, 120), *checks((60, DOWN, None))]
    at = int(NOON.timestamp())
    chart = drawn_until(60, found)
    assert json.loads(chart.points) == [
        [0, at, 120, 0, 10, 20.3, 60, 2],
        [1_000, at + 60, 0, 2, None, None, 1, 0],
    ]


@pytest.mark.parametrize(
    ("length", "style"),
    [
        (timedelta(hours=24), "time"),
        (timedelta(hours=25), "minute"),
        (timedelta(days=7), "day"),
    ],
)
def test_labels_of_time_say_as_much_as_tells_them_apart(length: timedelta, style: str) -> None:
    found = [ResponsePoint(NOON, UP, 10), ResponsePoint(NOON + length, UP, 10)]
    chart = response_chart(found, NOON, NOON + length)
    assert chart is not None
    assert {label.style for label in chart.times} == {style}


def test_phases_are_stacked_in_their_order_and_those_that_never_were_are_left_out() -> None:
    found = [
        (noon_plus(0), Phases(10, 20, None, 60, 10)),
        (noon_plus(30), Phases(None, None, None, None, None)),
        (noon_plus(60), Phases(0, 10, None, 90, 100)),
    ]
    drawn = phase_areas(found, NOON, noon_plus(60))
    assert drawn is not None
    assert [(area.kind, area.path) for area in drawn.areas] == [
        ("dns", "M0 190L1000 200L1000 200L0 200Z"),
        ("connect", "M0 170L1000 190L1000 200L0 190Z"),
        ("wait", "M0 110L1000 100L1000 190L0 170Z"),
        ("transfer", "M0 100L1000 0L1000 100L0 110Z"),
    ]
    assert drawn.highest == "200 ms"
    assert drawn.summary == (
        "Average of 2 checks: DNS 5.0 ms, Connect 15 ms, Wait 75 ms, Transfer 55 ms."
    )
    assert phase_areas(found[:2], NOON, noon_plus(60)) is None


def test_a_degraded_check_is_a_point_of_its_own() -> None:
    chart = drawn_until(60, checks((0, UP, 10), (60, Status.DEGRADED, 20)))
    assert (chart.slow, chart.line) == ("M1000 0h0", "M0 100L1000 0")


def test_what_was_not_judged_has_a_low_bar_of_its_own() -> None:
    (bar,) = bars([RecentResult(Status.NOT_JUDGED, None)])[-1:]
    assert (bar.kind, bar.height < HEIGHT / 2) == ("unknown", True)
    drawn = svg(append("", a_result(Status.NOT_JUDGED)))
    assert "<title>Last 1 check: 0 down, 1 not judged</title>" in drawn


def test_all_bars_of_a_kind_are_one_path_and_down_has_a_gap() -> None:
    recent = ""
    for found in (UP, DOWN, UP, DOWN) * 8:
        recent = append(recent, a_result(found))
    drawn = svg(recent)
    assert (drawn.count("<path"), drawn.count("M"), drawn.count(f"0V{HEIGHT}")) == (2, SLOTS, 0)
    assert "<title>Last 30 checks: 15 down, slowest 13 ms</title>" in drawn
    assert len(drawn) < 600


def test_no_line_without_two_points() -> None:
    assert response_chart(checks((0, UP, 5)), NOON, noon_plus(60)) is None
    one_judged = checks((0, UP, 5), (60, Status.NOT_JUDGED, None))
    assert response_chart(one_judged, NOON, noon_plus(60)) is None


def test_a_line_of_failures_has_no_times_to_tell() -> None:
    chart = drawn_until(60, checks((0, DOWN, None), (60, DOWN, None)))
    assert (chart.line, chart.spread, chart.failures) == ("", "", "M0 200v-12M1000 200v-12")
    assert chart.summary == "2 checks, 2 of them down; no response was timed."


def test_waterfall_is_as_wide_as_the_time_it_shows() -> None:
    assert waterfall(Phases(10, 20, None, 60, 10)) == (
        PhaseBar("DNS", 0, 10, "10 ms"),
        PhaseBar("Connect", 10, 20, "20 ms"),
        PhaseBar("TLS", 30, 0, "\u2013"),
        PhaseBar("Wait", 30, 60, "60 ms"),
        PhaseBar("Transfer", 90, 10, "10 ms"),
    )


def test_waterfall_of_nothing_is_empty() -> None:
    assert {bar.width for bar in waterfall(Phases())} == {0}
