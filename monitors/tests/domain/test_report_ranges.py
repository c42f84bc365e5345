"""Days, weeks, months and quarters as a place counts them, also where its clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitors.domain.report_ranges import Every, Preset, Range, Unit, last_of

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("preset", "start", "end", "label"),
    [
        # Thursday, 26 November 2026, 08:00 in Berlin.
        ("this-week", "2026-11-22T23:00", "2026-11-26T07:00", "Week of 23 November 2026 so far"),
        ("last-week", "2026-11-15T23:00", "2026-11-22T23:00", "Week of 16 November 2026"),
        ("this-month", "2026-10-31T23:00", "2026-11-26T07:00", "November 2026 so far"),
        # The clocks go back in October: it has an hour more.
        ("last-month", "2026-09-30T22:00", "2026-10-31T23:00", "October 2026"),
        ("this-quarter", "2026-09-30T22:00", "2026-11-26T07:00", "Quarter 4 of 2026 so far"),
        ("last-quarter", "2026-06-30T22:00", "2026-09-30T22:00", "Quarter 3 of 2026"),
    ],
)
def test_the_ranges_with_a_name(preset: str, start: str, end: str, label: str) -> None:
    found = Preset(preset).range(at("2026-11-26T07:00"), BERLIN)
    assert found == Range(at(start), at(end), label)


def test_months_are_as_long_as_the_clocks_say() -> None:
    lengths = [
        (found.end - found.start) / timedelta(hours=1)
        for now in ("2026-04-15T00:00", "2026-11-15T00:00", "2026-05-15T00:00", "2024-03-15T00:00")
        for found in [last_of(Unit.MONTH, at(now), BERLIN)]
    ]
    assert lengths == [31 * 24 - 1, 31 * 24 + 1, 30 * 24, 29 * 24]


@pytest.mark.parametrize(
    ("now", "zone", "label"),
    [
        # The year turns at another moment here than there.
        ("2026-12-31T23:30", "UTC", "November 2026"),
        ("2026-12-31T23:30", "Europe/Berlin", "December 2026"),
        ("2027-01-01T04:30", "America/New_York", "November 2026"),
        ("2026-01-01T00:00", "UTC", "December 2025"),
    ],
)
def test_the_zone_says_which_month_it_is(now: str, zone: str, label: str) -> None:
    assert last_of(Unit.MONTH, at(now), ZoneInfo(zone)).label == label


def test_weeks_and_quarters_reach_into_the_year_before() -> None:
    now = at("2027-01-03T12:00")
    assert last_of(Unit.WEEK, now, UTC).label == "Week of 21 December 2026"
    assert last_of(Unit.QUARTER, now, UTC).label == "Quarter 4 of 2026"


@pytest.mark.parametrize("preset", Preset)
def test_at_the_first_moment_nothing_is_of_this_one_yet(preset: Preset) -> None:
    # Monday, the first of June of a year in which that is no first day of a quarter.
    now = at("2026-06-01T00:00")
    found = preset.range(now, UTC)
    if preset in {Preset.THIS_WEEK, Preset.THIS_MONTH}:
        assert found.start == found.end == now
    else:
        assert found.start < found.end <= now


def test_days_count_from_midnight_to_midnight() -> None:
    spring = Range.of_days(date(2026, 3, 29), date(2026, 3, 29), BERLIN)
    assert spring.end - spring.start == timedelta(hours=23)
    assert spring.label == "29 March 2026"
    assert Range.of_days(date(2026, 1, 30), date(2026, 2, 1), UTC) == Range(
        at("2026-01-30T00:00"), at("2026-02-02T00:00"), "30 January 2026 to 1 February 2026"
    )


@pytest.mark.parametrize(
    ("day", "zone", "start"),
    [
        # Midnight is skipped, or comes twice.
        (date(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T03:00"),
        (date(2026, 3, 29), "Asia/Beirut", "2026-03-28T22:00"),
        (date(2026, 11, 1), "America/Havana", "2026-11-01T04:00"),
    ],
)
def test_a_day_begins_with_its_first_moment(day: date, zone: str, start: str) -> None:
    assert Range.of_days(day, day, ZoneInfo(zone)).start == at(start)


@pytest.mark.parametrize(
    ("every", "now", "newest_due", "next_at"),
    [
        # In Berlin, two hours ahead in summer and one in winter; 2026-06-01 is a Monday.
        ("monthly", "2026-06-01T04:59:59", "2026-04-01", "2026-06-01T05:00"),
        ("monthly", "2026-06-01T05:00", "2026-05-01", "2026-07-01T05:00"),
        ("monthly", "2026-06-15T12:00", "2026-05-01", "2026-07-01T05:00"),
        ("monthly", "2026-06-30T22:30", "2026-05-01", "2026-07-01T05:00"),
        ("monthly", "2026-10-31T23:30", "2026-09-01", "2026-11-01T06:00"),
        ("monthly", "2027-01-01T06:00", "2026-12-01", "2027-02-01T06:00"),
        ("weekly", "2026-06-01T04:59:59", "2026-05-18", "2026-06-01T05:00"),
        ("weekly", "2026-06-01T05:00", "2026-05-25", "2026-06-08T05:00"),
        ("weekly", "2026-06-07T21:59", "2026-05-25", "2026-06-08T05:00"),
        ("weekly", "2026-10-25T12:00", "2026-10-12", "2026-10-26T06:00"),
    ],
)
def test_a_mail_is_due_at_seven_in_the_morning(
    every: str, now: str, newest_due: str, next_at: str
) -> None:
    found = Every(every)
    assert found.newest_due(at(now), BERLIN) == date.fromisoformat(newest_due)
    assert found.next_at(at(now), BERLIN) == at(next_at)


def test_what_is_due_next_is_what_is_newest_then() -> None:
    for every in Every:
        now = at("2026-01-01T00:00")
        seen = []
        for _ in range(60):
            now = every.next_at(now, BERLIN)
            seen.append(every.newest_due(now, BERLIN))
        assert seen == sorted(set(seen))


@pytest.mark.parametrize("unit", Unit)
def test_units_follow_each_other_without_gaps(unit: Unit) -> None:
    first_day = unit.first_day(date(2023, 12, 31))
    for _ in range(150):
        following = unit.next_first_day(first_day)
        assert unit.first_day(following) == following
        assert unit.first_day(following - timedelta(days=1)) == first_day
        first_day = following
