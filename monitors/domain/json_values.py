"""JSON as values: read with exact numbers, compared, and written out again."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

NOTHING = object()
"""What a path leads to where there is nothing."""

_SHOWN_DEPTH = 20


class TooMuchWork(Exception):  # noqa: N818 - reads as what it is at every raise
    """A question of a JSON document that takes more steps than it may."""


# So many letters are compared in the time of one step.
_LETTERS_A_STEP = 64


class Work:
    """Counts the steps that a question of a document takes."""

    __slots__ = ("_left", "document")

    def __init__(self, document: Any, steps: int) -> None:
        self.document = document
        self._left = steps

    def spend(self, steps: int) -> None:
        """Count steps, each a look at one value. Raises TooMuchWork."""
        self._left -= steps
        if self._left < 0:
            raise TooMuchWork

    def look_at(self, value: Any) -> None:
        """Count what it takes to compare a value or to look through it. Raises TooMuchWork."""
        size = len(value) if isinstance(value, list | dict) else 0
        letters = len(value) if isinstance(value, str) else 0
        self.spend(1 + size + letters // _LETTERS_A_STEP)


def read_json(text: str | bytes) -> Any:
    """Read JSON; every number is a Decimal, with all its digits.

    Of a name that comes twice the last counts, as in most programs. Raises ValueError where it is
    no JSON, which NaN is not, UnicodeDecodeError where bytes are in no UTF, and RecursionError
    where it is nested too deeply.
    """
    try:
        return _DECODER.decode(_decoded(text) if isinstance(text, bytes) else text)
    except ArithmeticError:
        raise ValueError("a number in it has too large an exponent") from None


def _decoded(body: bytes) -> str:
    """Read bytes in whatever UTF they are, with or without a mark (RFC 4627, 3)."""
    return body.decode(json.detect_encoding(body)).removeprefix("\ufeff")


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_int=Decimal, parse_float=Decimal, parse_constant=_refuse)


def is_same(a: Any, b: Any, work: Work) -> bool:
    """Tell whether two values are equal as JSON: 1 is 1.0, and neither is true or "1"."""
    waiting = [(a, b)]
    while waiting:
        a, b = waiting.pop()
        work.look_at(a)
        if type(a) is not type(b):
            return False
        match a:
            case list() if len(a) == len(b):
                waiting += zip(a, b, strict=True)
            case dict() if a.keys() == b.keys():
                waiting += ((value, b[name]) for name, value in a.items())
            case _ if a != b or isinstance(a, list | dict):
                return False
    return True


def comes_before(a: Any, b: Any, work: Work) -> bool:
    """Tell whether one is less: of two numbers or of two texts; nothing else has an order."""
    work.look_at(a)
    if type(a) is type(b) and isinstance(a, Decimal | str):
        return bool(a < b)
    return False


def as_json(value: Any, most: int) -> str:
    """Write a value as JSON on one line: all of it, or somewhat more than `most` characters."""
    text = ""
    for piece in _pieces(value, _SHOWN_DEPTH):
        text += piece
        if len(text) > most:
            break
    return text


def _pieces(value: Any, depth: int) -> Iterator[str]:
    match value:
        case list() if depth:
            yield "["
            for position, item in enumerate(value):
                yield ", " if position else ""
                yield from _pieces(item, depth - 1)
            yield "]"
        case dict() if depth:
            yield "{"
            for position, (name, item) in enumerate(value.items()):
                yield f"{', ' if position else ''}{json.dumps(name, ensure_ascii=False)}: "
                yield from _pieces(item, depth - 1)
            yield "}"
        case list() | dict():
            yield "…"
        case Decimal():
            yield str(value)
        case _:
            yield json.dumps(value, ensure_ascii=False)
