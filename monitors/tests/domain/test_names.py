"""Names in all scripts."""

import pytest

from monitors.domain.names import checked_name
from monitors.domain.spec import BadSetting


@pytest.mark.parametrize(
    "name",
    [
        "Shop",
        "می\u200cخو\u0627\u0647م",
        "क्\u200dष",
        "👨\u200d👩\u200d👧 family",
        "🏳\ufe0f\u200d🌈",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\u200fעבר\u05d9ת\u200e (staging)",
        "\u202a+49 30 1234\u202c",
        "\u2067של\u05d5ם\u2069 shop",
        "\u2066\u202bשל\u05d5ם\u2069 shop",
        "no\u00a0break",
        "a\u0301",
        "\U0001fabe newer than this Python",
        "\ue000",
    ],
)
def test_a_name_is_written_in_any_script(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "a\nb",
        "a\tb",
        "a\rb",
        "a\x00b",
        "a\x7f",
        "a\x85b",
        "a\x9b",
        "a\u2028b",
        "a\u2029b",
        "a\ud800",
    ],
)
def test_a_name_is_one_line(name: str) -> None:
    with pytest.raises(BadSetting, match=r"^A name is one line, without control characters\.$"):
        checked_name(name)


@pytest.mark.parametrize("name", ["\u200d", "\u200b \ufeff", "\u202a\u202c", "\u0301"])
def test_a_name_can_be_seen(name: str) -> None:
    with pytest.raises(BadSetting, match=r"^A name needs a character that can be seen\.$"):
        checked_name(name)


@pytest.mark.parametrize(
    "marks",
    ["\u202e", "\u2067", "\u202a\u2069", "\u2066\u202c", "\u202a\u2066\u202c\u202c"],
)
def test_a_name_turns_nothing_beside_it(marks: str) -> None:
    with pytest.raises(BadSetting, match=r"^A name ends every change of its direction"):
        checked_name(f"a{marks}")
