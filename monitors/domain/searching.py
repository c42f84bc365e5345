"""How words are looked for: whatever their case, in every script."""

import unicodedata
from urllib.parse import unquote

MAX_ID_DIGITS = 18


def folded(text: str) -> str:
    """Put a text into the form in which texts that differ by case alone are the same.

    Source: the Unicode Standard, section 3.13, compatibility caseless matching.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", plain)


def words_of(query: str) -> tuple[str, ...]:
    """Give the words to look for."""
    return tuple(folded(query.replace("\x00", " ")).split())


def searchable(name: str, url: str) -> str:
    """Give the text in which a service is found: its name, and its address as typed and as read."""
    return folded("\n".join(dict.fromkeys((name, url, unquote(url))))).replace("\x00", "")


def number_of(text: str) -> int | None:
    """Read the number of something that was looked for; None where it is a name or too long."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= MAX_ID_DIGITS
    return int(text) if is_one else None
