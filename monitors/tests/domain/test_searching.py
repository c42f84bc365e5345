import pytest

from monitors.domain.searching import searchable, words_of


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("Über uns", "über"),
        ("ÜBER UNS", "Über"),
        ("U\u0308ber uns", "über"),  # in two characters
        ("Яндекс", "яндекс"),
        ("яндекс", "ЯНДЕКС"),
        ("Straße", "STRASSE"),
        ("Ὀδυσσεύς", "ὀδυσσεύσ"),
        ("\uff26\uff55\uff4c\uff4c width", "full width"),
        ("100% of it_", "100% it_"),
        ("a\x00b", "ab"),
    ],
)
def test_words_are_found_whatever_their_case(name: str, query: str) -> None:
    text = searchable(name, "http://a.example/")
    assert [word in text for word in words_of(query)] == [True] * len(query.split())


def test_an_address_is_found_as_typed_and_as_read() -> None:
    text = searchable("a", "https://яндекс.example/%C3%9Cber")
    assert text.splitlines() == [
        "a",
        "https://яндекс.example/%c3%9cber",
        "https://яндекс.example/über",
    ]


def test_nothing_but_space_is_no_word() -> None:
    assert words_of(" \x00\t") == ()
