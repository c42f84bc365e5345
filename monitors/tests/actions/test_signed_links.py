"""Links that allow one thing without a log-in."""

from typing import Any

import pytest

from monitors.actions.signed_links import BadToken, acknowledge_token, read_acknowledge_token


def test_it_gives_back_what_it_was_made_of() -> None:
    assert read_acknowledge_token(acknowledge_token(7, "Ops ☎")) == (7, "Ops ☎")


def test_it_is_the_same_each_time() -> None:
    assert acknowledge_token(7, "Ops") == acknowledge_token(7, "Ops")


@pytest.mark.parametrize("changed", ["", "x", ":", "W10:x", "\x00", "W" * 100_000])
def test_what_was_not_made_here_is_refused(changed: str) -> None:
    with pytest.raises(BadToken):
        read_acknowledge_token(changed)


def test_one_that_was_changed_is_refused() -> None:
    token = acknowledge_token(7, "Ops")
    with pytest.raises(BadToken):
        read_acknowledge_token(("A" if token[0] != "A" else "B") + token[1:])


def test_it_outlives_a_change_of_the_key(settings: Any) -> None:
    token = acknowledge_token(7, "Ops")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 40
    assert read_acknowledge_token(token) == (7, "Ops")
