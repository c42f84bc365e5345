"""One format for every moment on a page."""

from datetime import UTC, date, datetime

import pytest

from monitors.domain.moments import written

AT = datetime(2026, 11, 5, 15, 7, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("full", "5 Nov 2026, 15:07:09"),
        ("dated", "5 Nov 2026, 15:07"),
        ("minute", "5 Nov, 15:07"),
        ("date", "5 Nov 2026"),
        ("day", "5 Nov"),
        ("time", "15:07"),
    ],
)
def test_a_moment_of_this_year(style: str, text: str) -> None:
    assert written(AT, style, 2026) == text


@pytest.mark.parametrize(
    ("style", "text"), [("minute", "5 Nov 2026, 15:07"), ("day", "5 Nov 2026"), ("time", "15:07")]
)
def test_another_year_is_named(style: str, text: str) -> None:
    assert written(AT, style, 2027) == text


def test_the_ends_of_the_calendar() -> None:
    assert written(datetime(1, 1, 1, tzinfo=UTC), "full") == "1 Jan 0001, 00:00:00"
    assert written(date.max, "date") == "31 Dec 9999"
