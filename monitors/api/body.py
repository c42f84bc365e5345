"""The body of a request as JSON: what two readers could take for two things is refused."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from .errors import Refused, summary

# No database takes the first, and the others are no characters: they cannot be written as UTF-8.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_SENTENCE = "Text has no NUL (\\u0000) and no half of a surrogate pair (\\ud800 to \\udfff) in it."
_WHOLE = "body"


class StrictParser(Parser):
    """Reads JSON as RFC 8259 has it, and no text that could not be stored."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)


def read_json(body: bytes) -> Any:
    """Read a body. Raises Refused: 400 where it is no JSON, 422 with the fields of bad text."""
    try:
        found = json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        raise Refused(400, "bad_request", "The body is not JSON in UTF-8.") from None
    _refuse_bad_text(found)
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = {name: "Stands twice in the body." for name in found if names.count(name) > 1}
        raise Refused(400, "bad_request", summary(twice), twice)
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _refuse_bad_text(found: Any) -> None:
    parts = found.items() if isinstance(found, dict) else ((_WHOLE, found),)
    bad = {
        _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", name): _SENTENCE
        for name, value in parts
        if any(map(_NO_TEXT.search, (name, *_texts(value))))
    }
    if bad:
        raise Refused(422, "invalid", summary(bad), bad)


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a value, without recursion: it may be as deep as its writer likes."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part
