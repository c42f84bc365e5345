import pytest

from monitors.domain.locations import agreed_status, parse_locations
from monitors.domain.result import Status
from monitors.domain.spec import BadSetting

UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN


@pytest.mark.parametrize(
    ("statuses", "needed", "agreed"),
    [
        ([UP, DOWN, DOWN], 2, DOWN),
        ([UP, UP, DOWN], 2, UP),
        ([UP, DEGRADED, DOWN], 2, DEGRADED),
        ([UP, UP, DOWN], 1, DOWN),
        ([DOWN, DOWN], 3, None),
        ([DOWN], 2, None),
        ([DOWN, DOWN, DOWN], 3, DOWN),
        ([UP], 2, UP),
    ],
)
def test_down_is_what_enough_locations_say(
    statuses: list[Status], needed: int, agreed: Status | None
) -> None:
    assert agreed_status(statuses, needed) is agreed


def test_names_are_read_once_each() -> None:
    assert parse_locations(" berlin,oslo , berlin,") == ("berlin", "oslo")


@pytest.mark.parametrize("text", ["new york", "a" * 41, "<b>"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(BadSetting):
        parse_locations(text)
