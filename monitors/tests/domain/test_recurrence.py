import time
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from monitors.domain.recurrence import parse_rule
from monitors.domain.spec import BadSetting

FIRST = datetime(2026, 3, 3, 2, 30)  # noqa: DTZ001 - a Tuesday, as clocks show it
BERLIN = ZoneInfo("Europe/Berlin")


def _days(rule: str, count: int = 3) -> list[str]:
    return [f"{at:%Y-%m-%d}" for at in islice(parse_rule(rule).times(FIRST), count)]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY", ["2026-03-03", "2026-03-04", "2026-03-05"]),
        ("FREQ=DAILY;INTERVAL=10", ["2026-03-03", "2026-03-13", "2026-03-23"]),
        ("FREQ=WEEKLY;BYDAY=MO,FR", ["2026-03-06", "2026-03-09", "2026-03-13"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU", ["2026-03-16", "2026-03-30", "2026-04-13"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["2026-03-31", "2026-05-31", "2026-07-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-03-31", "2026-04-30", "2026-05-31"]),
        ("FREQ=MONTHLY;BYDAY=2TU", ["2026-03-10", "2026-04-14", "2026-05-12"]),
        ("FREQ=MONTHLY;BYDAY=5SU", ["2026-03-29", "2026-05-31", "2026-08-30"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["2026-03-27", "2026-04-24", "2026-05-29"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", ["2026-03-31", "2026-04-28", "2026-05-26"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["2028-02-29", "2032-02-29", "2036-02-29"]),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", ["2026-12-28", "2032-12-27", "2037-12-28"]),
        ("FREQ=YEARLY;BYYEARDAY=366", ["2028-12-31", "2032-12-31", "2036-12-31"]),
        ("FREQ=DAILY;COUNT=2", ["2026-03-03", "2026-03-04"]),
        ("RRULE:FREQ=DAILY;COUNT=1;", ["2026-03-03"]),
        ("freq=daily;count=1", ["2026-03-03"]),
    ],
)
def test_a_rule_comes_to_its_days(rule: str, days: list[str]) -> None:
    assert _days(rule) == days


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=DAILY;BYSETPOS=300",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=3",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=HOURLY;INTERVAL=7;BYHOUR=3;BYMINUTE=0,1,2,3;BYMONTH=2;BYMONTHDAY=31",
    ],
)
def test_what_never_happens_is_told_soon(rule: str) -> None:
    began = time.process_time()
    assert _days(rule) == []
    assert time.process_time() - began < 2


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("number", [-5, 5])
def test_a_fifth_day_of_any_month_can_be_asked_for(month: int, number: int) -> None:
    assert len(_days(f"FREQ=YEARLY;BYMONTH={month};BYDAY={number}SU")) == 3
    assert len(_days(f"FREQ=MONTHLY;BYMONTH={month};BYDAY={number}SU")) == 3


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("", "“” is no part of a rule like FREQ=WEEKLY;BYDAY=MO,FR."),
        ("weekly", "“WEEKLY” is no part of a rule like FREQ=WEEKLY;BYDAY=MO,FR."),
        ("INTERVAL=2", "A rule begins with FREQ, like FREQ=WEEKLY;BYDAY=MO,FR."),
        ("FREQ=MINUTELY", "Maintenance comes hourly at most."),
        ("FREQ=SECONDLY", "Maintenance comes hourly at most."),
        ("FREQ=OFTEN", "FREQ is one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY."),
        ("FREQ=DAILY;FREQ=WEEKLY", "FREQ stands twice."),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is 1 to 1000; “0” is not."),
        ("FREQ=DAILY;INTERVAL=99999", "INTERVAL is 1 to 1000; “99999” is not."),
        ("FREQ=DAILY;COUNT=-1", "COUNT is 1 to 10000; “-1” is not."),
        ("FREQ=DAILY;COUNT=²", "COUNT is 1 to 10000; “²” is not."),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "A rule has COUNT or UNTIL, not both."),
        ("FREQ=DAILY;UNTIL=20260230", "UNTIL is a date like 20261231 or 20261231T235959Z."),
        ("FREQ=DAILY;UNTIL=20260203T250000", "UNTIL is a date like 20261231 or 20261231T235959Z."),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY is MO, TU, WE, TH, FR, SA, SU; “XX” is not."),
        ("FREQ=WEEKLY;WKST=2MO", "WKST is MO, TU, WE, TH, FR, SA, SU; “2MO” is not."),
        (
            "FREQ=WEEKLY;BYDAY=2MO",
            "A number before a day, like 2TU, goes with FREQ=MONTHLY or YEARLY.",
        ),
        ("FREQ=MONTHLY;BYDAY=53MO", "A month has each day five times at most, like 5MO."),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY is 1 to 31, or -31 to -1; “32” is not."),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY is 1 to 31, or -31 to -1; “0” is not."),
        ("FREQ=MONTHLY;BYWEEKNO=3", "BYWEEKNO goes with FREQ=YEARLY only."),
        ("FREQ=HOURLY;BYSETPOS=2", "BYSETPOS does not go with FREQ=HOURLY."),
        ("FREQ=DAILY;BYHOUR=24", "BYHOUR is 0 to 23; “24” is not."),
        (f"FREQ=DAILY;BYHOUR={','.join(['1'] * 63)}", "BYHOUR has at most 62 values."),
        (
            "FREQ=DAILY;BYSECOND=1",
            "“BYSECOND=1” is no part of a rule like FREQ=WEEKLY;BYDAY=MO,FR.",
        ),
        (
            "FREQ=YEARLY;BYEASTER=0",
            "“BYEASTER=0” is no part of a rule like FREQ=WEEKLY;BYDAY=MO,FR.",
        ),
        (
            "FREQ=DAILY\nDTSTART:20260101T000000Z",
            "FREQ is one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY.",
        ),
        (
            "FREQ=DAILY;EXDATE=20260101",
            "“EXDATE=20260101” is no part of a rule like FREQ=WEEKLY;BYDAY=MO,FR.",
        ),
        ("FREQ=DAILY;" * 50, "A rule has at most 500 characters."),
    ],
)
def test_what_is_no_rule_is_refused_in_words(rule: str, sentence: str) -> None:
    with pytest.raises(BadSetting) as refused:
        parse_rule(rule)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("until", "at"),
    [
        ("20260630", datetime(2026, 6, 30, 21, 59, 59, 999_999, UTC)),
        ("20260630T120000", datetime(2026, 6, 30, 10, tzinfo=UTC)),
        ("20260630T120000Z", datetime(2026, 6, 30, 12, tzinfo=UTC)),
        ("99991231T120000Z", datetime(2299, 12, 31, 12, tzinfo=UTC)),
        ("00010101", datetime(1970, 1, 1, 22, 59, 59, 999_999, UTC)),
    ],
)
def test_until_is_read_in_the_zone_unless_it_is_utc(until: str, at: datetime) -> None:
    assert parse_rule(f"FREQ=DAILY;UNTIL={until}").last_start(BERLIN) == at
