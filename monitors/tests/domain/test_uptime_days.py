from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitors.charts import uptime_days as strip
from monitors.domain.incidents import IncidentCause
from monitors.domain.state import State
from monitors.domain.uptime import Charge, Stretch
from monitors.domain.uptime_days import DayKind, days, first_moment
from monitors.tests.clock import NOON

DAY = timedelta(days=1)
MIDNIGHT = NOON.replace(hour=0)


def up(start: datetime, end: datetime) -> Stretch:
    return Stretch(State.UP, start, end)


def down(start: datetime, end: datetime) -> Stretch:
    return Stretch(State.DOWN, start, end)


@pytest.mark.parametrize(
    ("down_s", "kind"),
    [
        (0, DayKind.UP),
        (1, DayKind.SOME_DOWN),
        (864, DayKind.SOME_DOWN),
        (865, DayKind.DOWN),
        (86_400, DayKind.DOWN),
    ],
)
def test_a_day_is_of_the_kind_of_its_downtime(down_s: int, kind: DayKind) -> None:
    broke = MIDNIGHT - timedelta(seconds=down_s)
    stretches = [up(MIDNIGHT - DAY, broke), down(broke, MIDNIGHT)]
    assert days(stretches, [], NOON, UTC, count=2)[0].kind is kind


def test_a_day_that_nobody_watched_is_told_apart() -> None:
    found = days([up(NOON - timedelta(hours=1), NOON)], [], NOON, UTC, count=3)
    assert [day.kind for day in found] == [DayKind.NOT_WATCHED, DayKind.NOT_WATCHED, DayKind.UP]
    assert found[2].uptime.up_s == 3_600
    assert found[2].uptime.unknown_s == 11 * 3_600


def test_what_lasts_over_midnight_is_shared_out() -> None:
    broke = MIDNIGHT - timedelta(minutes=10)
    found = days([up(MIDNIGHT - DAY, broke), down(broke, NOON)], [], NOON, UTC, count=2)
    assert [day.uptime.down_s for day in found] == [600, 12 * 3_600]


def test_what_was_charged_otherwise_is_no_downtime() -> None:
    broke = MIDNIGHT - timedelta(hours=2)
    stretches = [up(MIDNIGHT - DAY, broke), down(broke, MIDNIGHT)]
    charges = [Charge(IncidentCause.PLANNED, broke, MIDNIGHT)]
    assert days(stretches, charges, NOON, UTC, count=2)[0].kind is DayKind.UP


def test_a_day_is_as_long_as_clocks_make_it() -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 10, 26, 12, tzinfo=zone)
    found = days([up(now - 5 * DAY, now)], [], now, zone, count=2)
    assert [(day.date, day.uptime.up_s) for day in found] == [
        (date(2026, 10, 25), 25 * 3_600),
        (date(2026, 10, 26), 12 * 3_600),
    ]
    assert first_moment(now, zone, count=2) == datetime(2026, 10, 25, tzinfo=zone)


def test_a_strip_says_what_it_shows_without_colours() -> None:
    broke = NOON - timedelta(hours=1)
    found = days([up(MIDNIGHT - DAY, broke), down(broke, NOON)], [], NOON, UTC, count=4)
    drawn = strip.svg(found, "<Shop>")
    assert "Last 4 days of &lt;Shop&gt;: downtime on 1 day, 2 days not monitored" in drawn
    assert drawn.count("<path") == 3
    unknown = days([], [], NOON, UTC, count=1)
    assert strip.said(unknown, "Shop") == "Last 1 day of Shop: 1 day not monitored"
