from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from monitors.domain.maintenance import (
    BadSchedule,
    Schedule,
    Span,
    checked,
    coming,
    past_count,
    to_plan,
    zones,
)
from monitors.tests.clock import NOON

HOUR = timedelta(hours=1)


def _spans(starts_at: str, rrule: str, zone: str, count: int = 3, **length: int) -> list[str]:
    schedule = Schedule(
        datetime.fromisoformat(starts_at), timedelta(**(length or {"hours": 1})), rrule, zone
    )
    return [
        f"{span.starts_at:%m-%d %H:%M}/{span.ends_at:%m-%d %H:%M}"
        for span in islice(schedule.spans(), count)
    ]


@pytest.mark.parametrize(
    ("starts_at", "zone", "spans"),
    [
        # Spring: 02:30 is skipped on the second day, and lies where it would have been.
        (
            "2026-03-28T01:30+00:00",
            "Europe/Berlin",
            ["03-28 01:30/03-28 02:30", "03-29 01:30/03-29 02:30", "03-30 00:30/03-30 01:30"],
        ),
        # Autumn: 02:30 comes twice, and the first counts.
        (
            "2026-10-24T00:30+00:00",
            "Europe/Berlin",
            ["10-24 00:30/10-24 01:30", "10-25 00:30/10-25 01:30", "10-26 01:30/10-26 02:30"],
        ),
        (
            "2026-03-07T02:30-05:00",
            "America/New_York",
            ["03-07 07:30/03-07 08:30", "03-08 07:30/03-08 08:30", "03-09 06:30/03-09 07:30"],
        ),
        (
            "2026-10-31T01:30-04:00",
            "America/New_York",
            ["10-31 05:30/10-31 06:30", "11-01 05:30/11-01 06:30", "11-02 06:30/11-02 07:30"],
        ),
        # There by half an hour: 02:15 is skipped, 01:45 comes twice.
        (
            "2026-10-03T02:15+10:30",
            "Australia/Lord_Howe",
            ["10-02 15:45/10-02 16:45", "10-03 15:45/10-03 16:45", "10-04 15:15/10-04 16:15"],
        ),
        (
            "2026-04-04T01:45+11:00",
            "Australia/Lord_Howe",
            ["04-03 14:45/04-03 15:45", "04-04 14:45/04-04 15:45", "04-05 15:15/04-05 16:15"],
        ),
    ],
)
def test_days_keep_to_the_clocks_of_the_zone(starts_at: str, zone: str, spans: list[str]) -> None:
    assert _spans(starts_at, "FREQ=DAILY", zone) == spans


def test_one_may_begin_at_the_second_of_two_times() -> None:
    # 02:30 CET, an hour after 02:30 CEST.
    second = "2026-10-25T01:30+00:00"
    assert _spans(second, "", "Europe/Berlin") == ["10-25 01:30/10-25 02:30"]
    assert _spans(second, "FREQ=DAILY", "Europe/Berlin", 2) == [
        "10-25 01:30/10-25 02:30",
        "10-26 01:30/10-26 02:30",
    ]


def test_duration_is_time_that_passes() -> None:
    # From 22:00 to 06:00 by the clocks of an ordinary night.
    assert _spans("2026-03-28T21:00+00:00", "FREQ=DAILY", "Europe/Berlin", 2, hours=8) == [
        "03-28 21:00/03-29 05:00",
        "03-29 20:00/03-30 04:00",
    ]


def test_what_overlaps_where_clocks_are_changed_becomes_one() -> None:
    # Every day for a day: that of the change has 23 hours.
    assert _spans("2026-03-26T23:00+00:00", "FREQ=DAILY", "Europe/Berlin", 3, hours=24) == [
        "03-26 23:00/03-27 23:00",
        "03-27 23:00/03-28 23:00",
        "03-28 23:00/03-30 22:00",
    ]


def test_an_hour_that_is_skipped_is_no_second_time() -> None:
    spans = _spans("2026-03-29T00:30+00:00", "FREQ=HOURLY", "Europe/Berlin", 3)
    assert spans == [
        "03-29 00:30/03-29 01:30",
        "03-29 01:30/03-29 02:30",
        "03-29 02:30/03-29 03:30",
    ]


def test_a_rule_ends_with_its_last_time() -> None:
    until = "FREQ=DAILY;UNTIL=20260302"
    assert _spans("2026-03-01T22:30+00:00", until, "UTC", 9) == [
        "03-01 22:30/03-01 23:30",
        "03-02 22:30/03-02 23:30",
    ]
    # There it is the third already.
    assert _spans("2026-03-01T23:30+00:00", until, "Europe/Berlin", 9) == [
        "03-01 23:30/03-02 00:30"
    ]


def test_the_next_times_begin_with_one_that_lasts() -> None:
    daily = Schedule(NOON, HOUR, "FREQ=DAILY")
    day = timedelta(days=1)
    assert coming(daily, NOON + timedelta(minutes=59), 2) == [
        Span(NOON, NOON + HOUR),
        Span(NOON + day, NOON + day + HOUR),
    ]
    assert coming(daily, NOON + HOUR, 1) == [Span(NOON + day, NOON + day + HOUR)]
    assert coming(Schedule(NOON, HOUR), NOON + HOUR, 5) == []


def test_what_is_planned_is_the_time_ahead_and_the_next_few() -> None:
    yearly = Schedule(NOON, HOUR, "FREQ=YEARLY")
    planned = to_plan(yearly, None, NOON, ahead=timedelta(days=60), at_least=5)
    assert [span.starts_at.year for span in planned] == [2026, 2027, 2028, 2029, 2030]
    daily = Schedule(NOON, HOUR, "FREQ=DAILY")
    after = NOON + timedelta(days=58)
    planned = to_plan(daily, after, NOON, ahead=timedelta(days=60), at_least=5)
    assert [span.starts_at for span in planned] == [NOON + timedelta(days=59 + n) for n in (0, 1)]


def test_what_has_been_is_counted() -> None:
    weekly = Schedule(NOON - timedelta(days=14), HOUR, "FREQ=WEEKLY")
    assert past_count(weekly, NOON) == 2


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("time_zone", {"time_zone": "Mars/Olympus"}),
        ("time_zone", {"time_zone": "../../etc/passwd"}),
        ("time_zone", {"time_zone": "UTC\x00"}),
        ("duration_s", {"duration": timedelta(seconds=59)}),
        ("duration_s", {"duration": timedelta(days=31)}),
        ("starts_at", {"starts_at": datetime(1970, 1, 1, tzinfo=UTC)}),
        ("starts_at", {"starts_at": datetime(8999, 1, 1, tzinfo=UTC)}),
        ("rrule", {"rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}),
        ("rrule", {"rrule": "FREQ=DAILY;UNTIL=20200101"}),
        ("rrule", {"rrule": "FREQ=HOURLY;BYMINUTE=0,30", "duration": timedelta(minutes=1)}),
        ("rrule", {"rrule": "nonsense"}),
        ("duration_s", {"rrule": "FREQ=HOURLY", "duration": timedelta(minutes=61)}),
        ("duration_s", {"rrule": "FREQ=WEEKLY;BYDAY=MO,TU", "duration": timedelta(hours=25)}),
        ("starts_at", {"rrule": "FREQ=DAILY", "starts_at": NOON - timedelta(days=500)}),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(field: str, changed: dict[str, object]) -> None:
    usual: dict[str, object] = {"starts_at": NOON, "duration": HOUR}
    with pytest.raises(BadSchedule) as refused:
        checked(Schedule(**(usual | changed)), NOON)  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(NOON, HOUR),
        Schedule(NOON - timedelta(days=365), HOUR),
        Schedule(NOON, HOUR, "FREQ=HOURLY", "Asia/Kathmandu"),
        Schedule(NOON, timedelta(hours=24), "FREQ=DAILY", "Europe/Berlin"),
        Schedule(NOON, timedelta(days=7), "FREQ=WEEKLY", "America/New_York"),
    ],
)
def test_a_schedule_that_makes_sense_is_kept(schedule: Schedule) -> None:
    assert checked(schedule, NOON) == schedule


def test_every_zone_can_be_chosen() -> None:
    assert {"UTC", "Europe/Berlin", "Australia/Lord_Howe"} < zones()
