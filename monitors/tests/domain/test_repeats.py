from datetime import date, datetime

import pytest

from monitors.domain.repeats import Repeats, Repetition, in_words, repetition_of

TUESDAY = datetime(2026, 3, 10, 2, 30)  # noqa: DTZ001 - the second, as clocks show it
FIFTH = datetime(2026, 3, 31, 2, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("repetition", "rule", "words"),
    [
        (Repetition(), "", "once"),
        (Repetition(Repeats.ONCE, until=date(2026, 4, 1)), "", "once"),
        (Repetition(Repeats.DAILY), "FREQ=DAILY", "every day"),
        (
            Repetition(Repeats.DAILY, until=date(2026, 4, 1)),
            "FREQ=DAILY;UNTIL=20260401",
            "every day, until 1 Apr 2026",
        ),
        (
            Repetition(Repeats.WEEKLY, ("FR", "MO", "WE")),
            "FREQ=WEEKLY;BYDAY=MO,WE,FR",
            "every week on Monday, Wednesday and Friday",
        ),
        (Repetition(Repeats.WEEKLY), "FREQ=WEEKLY;BYDAY=TU", "every week on Tuesday"),
        (
            Repetition(Repeats.MONTHLY_DAY),
            "FREQ=MONTHLY;BYMONTHDAY=10",
            "every month on day 10",
        ),
        (
            Repetition(Repeats.MONTHLY_LAST),
            "FREQ=MONTHLY;BYMONTHDAY=-1",
            "every month on its last day",
        ),
        (
            Repetition(Repeats.MONTHLY_WEEKDAY),
            "FREQ=MONTHLY;BYDAY=2TU",
            "every month on the second Tuesday",
        ),
    ],
)
def test_a_simple_way_is_a_rule_and_words(repetition: Repetition, rule: str, words: str) -> None:
    assert repetition.rule(TUESDAY) == rule
    assert in_words(rule) == words
    assert repetition_of(rule, TUESDAY).rule(TUESDAY) == rule
    assert repetition_of(rule, TUESDAY).repeats is repetition.repeats


def test_a_fifth_weekday_is_the_last() -> None:
    assert Repetition(Repeats.MONTHLY_WEEKDAY).rule(FIFTH) == "FREQ=MONTHLY;BYDAY=-1TU"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY",
        "FREQ=MONTHLY;BYDAY=3TU",
        "FREQ=DAILY;COUNT=3",
        "FREQ=DAILY;UNTIL=20260401T120000Z",
        "FREQ=DAILY;UNTIL=20269901",
        "FREQ=WEEKLY;BYDAY=FR,MO",
    ],
)
def test_any_other_rule_stays_what_it_is(rule: str) -> None:
    assert repetition_of(rule, TUESDAY) == Repetition(Repeats.CUSTOM)


def test_a_rule_without_words_is_told_as_it_is() -> None:
    assert in_words("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29") == "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"
