from datetime import UTC, datetime, time, timedelta

import pytest

from monitors.domain.quiet_hours import QuietHours

NIGHT = QuietHours(time(22), time(7), "Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-01-10 20:59:59", None),
        ("2026-01-10 21:00", "2026-01-11 06:00"),
        ("2026-01-10 23:30", "2026-01-11 06:00"),
        ("2026-01-11 05:59:59.999999", "2026-01-11 06:00"),
        ("2026-01-11 06:00", None),
        # Summer time: the same clocks, an hour earlier by UTC.
        ("2026-07-10 20:00", "2026-07-11 05:00"),
        ("2026-07-11 05:00", None),
    ],
)
def test_a_night_past_midnight(now: str, end: str | None) -> None:
    assert NIGHT.end_at(utc(now)) == (utc(end) if end else None)


def test_hours_within_a_day() -> None:
    lunch = QuietHours(time(12), time(13, 30), "UTC")
    ends = [lunch.end_at(utc(f"2026-01-10 {at}")) for at in ("11:59", "12:00", "13:29", "13:30")]
    assert ends == [None, *[utc("2026-01-10 13:30")] * 2, None]


def test_the_same_time_twice_is_no_quiet_hour() -> None:
    assert QuietHours(time(8), time(8), "UTC").end_at(utc("2026-01-10 08:00")) is None


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-28", 8), ("2026-03-29", 9), ("2026-10-24", 10)]
)
def test_a_night_in_which_clocks_are_set_is_an_hour_longer_or_shorter(day: str, hours: int) -> None:
    begins = utc(f"{day} 22:00")
    minutes = [begins + timedelta(minutes=number) for number in range(-180, 16 * 60)]
    quiet = [minute for minute in minutes if NIGHT.end_at(minute)]
    assert len(quiet) == hours * 60
    assert quiet[-1] - quiet[0] == timedelta(minutes=hours * 60 - 1)


def test_an_end_that_clocks_skip_or_show_twice() -> None:
    early = QuietHours(time(1), time(2, 30), "Europe/Berlin")
    # In spring 2:30 is not there: clocks go from 2:00 to 3:00, and half an hour on it is 3:30.
    assert early.end_at(utc("2026-03-29 00:30")) == utc("2026-03-29 01:30")
    # In autumn the first 2:30 ends it, and the hour that comes again does not begin it again.
    assert early.end_at(utc("2026-10-25 00:00")) == utc("2026-10-25 00:30")
    assert early.end_at(utc("2026-10-25 01:15")) is None


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_a_zone_that_nobody_knows_is_utc(zone: str) -> None:
    assert QuietHours(time(1), time(2), zone).end_at(utc("2026-01-10 01:00")) is not None
