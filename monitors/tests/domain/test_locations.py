import pytest

from monitors.domain.locations import parse_locations
from monitors.domain.spec import BadSetting


def test_names_are_read_once_each() -> None:
    assert parse_locations(" berlin,oslo , berlin,") == ("berlin", "oslo")


@pytest.mark.parametrize("text", ["new york", "a" * 41, "<b>"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(BadSetting):
        parse_locations(text)
