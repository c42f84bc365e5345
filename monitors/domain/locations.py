"""Names of the places that checkers stand in."""

import re

from .spec import BadSetting

MAX_LENGTH = 40


def parse_location(text: str) -> str:
    """Read a name like "berlin" or "eu-west.2". Raises BadSetting."""
    name = text.strip()
    if not re.fullmatch(r"[\w.-]{1,40}", name):
        raise BadSetting(
            f"“{name[:40]}” is not the name of a location: "
            "letters, digits, dots and dashes, at most 40."
        )
    return name


def parse_locations(text: str) -> tuple[str, ...]:
    """Read names with commas between them, each once. Raises BadSetting."""
    return tuple(dict.fromkeys(parse_location(part) for part in text.split(",") if part.strip()))
