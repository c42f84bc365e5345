"""Names of time zones, and what is none."""

from zoneinfo import ZoneInfo

import pytest

from monitors.domain.zones import zone_of


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_a_zone_is_found(name: str) -> None:
    assert zone_of(name) == ZoneInfo(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "Mars/Olympus", "Europe", "../../etc/passwd", "/etc/localtime"),
        *("UTC\x00", "Europe/Berlin\n", "\ud800", "x" * 5_000),
    ],
)
def test_what_is_none_is_none(name: str) -> None:
    assert zone_of(name) is None
