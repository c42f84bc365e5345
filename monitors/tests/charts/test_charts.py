from datetime import timedelta

import pytest

from monitors.charts.recent_bar import HEIGHT, SLOTS, Bar, bars, svg
from monitors.charts.response_line import ResponsePoint, response_line
from monitors.charts.scale import Scale, round_ticks, time_ticks
from monitors.charts.waterfall import PhaseBar, waterfall
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


def test_a_label_does_not_reach_over_the_edge() -> None:
    chart = response_line([ResponsePoint(noon_plus(s), UP, 5) for s in (0, 60, 120)])
    assert chart is not None
    assert [tick.anchor for tick in chart.times] == ["middle", "middle", "end"]


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


def test_line_breaks_at_an_outage_and_at_a_gap() -> None:
    found = [(0, UP, 10), (60, UP, 20), (120, DOWN, None), (180, UP, 10), (240, UP, 10)]
    found += [(1_000, UP, 10), (1_060, UP, 10)]
    points = [ResponsePoint(noon_plus(s), status, ms) for s, status, ms in found]
    chart = response_line(points)
    assert chart is not None
    assert [len(line.split()) for line in chart.lines] == [2, 2, 2]
    assert [(down.kind, down.title) for down in chart.downs] == [("down", "Down")]
    assert [tick.label for tick in chart.values] == ["0", "5.0 ms", "10 ms", "15 ms", "20 ms"]
    assert chart.summary == "7 checks, 1 of them down; response times from 10 ms to 20 ms."


def test_line_breaks_where_a_check_was_not_judged() -> None:
    found = [(0, UP, 10), (60, UP, 20), (120, Status.NOT_JUDGED, None), (180, UP, 10), (240, UP, 5)]
    chart = response_line([ResponsePoint(noon_plus(s), status, ms) for s, status, ms in found])
    assert chart is not None
    assert [len(line.split()) for line in chart.lines] == [2, 2]
    assert ([dot.kind for dot in chart.dots], chart.downs) == (["up"] * 4, ())
    assert chart.summary == (
        "5 checks, 0 of them down, 1 not judged; response times from 5.0 ms to 20 ms."
    )


def test_what_was_not_judged_has_a_low_bar_of_its_own() -> None:
    (bar,) = bars([RecentResult(Status.NOT_JUDGED, None)])[-1:]
    assert (bar.kind, bar.height < HEIGHT / 2) == ("unknown", True)
    drawn = svg(append("", a_result(Status.NOT_JUDGED)), "Shop <1>")
    assert "<title>Last 1 check of Shop &lt;1&gt;: 0 down, 1 not judged</title>" in drawn


def test_all_bars_of_a_kind_are_one_path_and_down_has_a_gap() -> None:
    recent = ""
    for found in (UP, DOWN, UP, DOWN) * 8:
        recent = append(recent, a_result(found))
    drawn = svg(recent, "Shop")
    assert (drawn.count("<path"), drawn.count("M"), drawn.count(f"v{HEIGHT}")) == (2, SLOTS, 0)
    assert "<title>Last 30 checks of Shop: 15 down, slowest 13 ms</title>" in drawn
    assert len(drawn) < 900


def test_no_line_without_two_points() -> None:
    assert response_line([ResponsePoint(NOON, UP, 5)]) is None
    not_judged = ResponsePoint(noon_plus(60), Status.NOT_JUDGED, None)
    assert response_line([ResponsePoint(NOON, UP, 5), not_judged]) is None


def test_a_line_of_failures_has_no_times_to_tell() -> None:
    chart = response_line([ResponsePoint(noon_plus(s), DOWN, None) for s in (0, 60)])
    assert chart is not None
    assert (chart.lines, chart.dots, len(chart.downs)) == ((), (), 2)
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
