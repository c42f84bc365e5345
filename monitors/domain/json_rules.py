"""What a service's settings say about the JSON of a good answer."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .json_path import JsonPath, parse_json_path
from .json_values import NOTHING, TooMuchWork, Work, as_json, comes_before, is_same, read_json
from .observation import Response
from .reasons import Fault
from .spec import CheckSpec, Comparison, Hits

# Nothing else in the program runs while a text becomes values: 8 MiB take up to half a second.
MOST_BYTES = 8 * 1_048_576
# Steps that a path may take: less than half a second of them. On 1 MiB there are enough for $..*,
# however many values it has; on less there are fewer, since others wait while it is judged.
MOST_STEPS, FEWEST_STEPS, STEPS_A_BYTE = 2_000_000, 10_000, 20
# As people write numbers, which is a little more than JSON allows.
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Differing:
    """A value at the path that is not as it should be."""

    value: Any
    position: int
    count: int
    hits: Hits


def broken_json_rule(spec: CheckSpec, response: Response, text: str) -> Fault | Differing | None:
    """Tell what is wrong with the JSON of a body that is all there; None when nothing is.

    Raises BadSetting where the path is none: that says nothing about the body.
    """
    path = parse_json_path(spec.json_path)
    if len(response.body) > MOST_BYTES:
        return Fault.JSON_TOO_LARGE
    try:
        return _broken(spec, path, response, text)
    except TooMuchWork:
        return Fault.JSON_TOO_MUCH_WORK
    except RecursionError:
        return Fault.JSON_TOO_DEEP
    except ValueError:
        return Fault.NOT_JSON


def _broken(
    spec: CheckSpec, path: JsonPath, response: Response, text: str
) -> Fault | Differing | None:
    steps = min(MOST_STEPS, FEWEST_STEPS + STEPS_A_BYTE * len(response.body))
    values = path.values(_document(response, text), steps)
    if not values:
        return Fault.JSON_PATH_MISSING
    return _differing(spec, values, Work(None, steps)) if spec.json_expected else None


def _document(response: Response, text: str) -> Any:
    """Read it in whatever UTF it is, with or without a mark, or else as its charset says."""
    try:
        return read_json(response.body)
    except UnicodeDecodeError:
        return read_json(text)


def _differing(spec: CheckSpec, values: list[Any], work: Work) -> Differing | None:
    expected = parse_expected(spec.json_expected)
    hits = hits_that_must_hold(spec.json_compare, spec.json_match)
    holding = (holds(value, spec.json_compare, expected, work) for value in values)
    if hits is Hits.ANY:
        return None if any(holding) else Differing(values[0], 1, len(values), hits)
    for position, (value, is_good) in enumerate(zip(values, holding, strict=True), start=1):
        if not is_good:
            return Differing(value, position, len(values), hits)
    return None


def hits_that_must_hold(compare: str, chosen: Hits | None) -> Hits:
    """Give what was chosen; by default nothing may differ, and one that is as wanted will do."""
    if chosen is not None:
        return chosen
    strict = {Comparison.DIFFERENT, Comparison.LESS, Comparison.MORE}
    return Hits.ALL if compare in strict else Hits.ANY


@dataclass(frozen=True, slots=True)
class Expected:
    """What was typed as the expected value: the text itself, and what it is as JSON."""

    text: str
    value: Any
    """NOTHING where the text is no JSON."""

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, Decimal)


@lru_cache(maxsize=1_024)
def parse_expected(text: str) -> Expected:
    """Read an expected value; any text is one."""
    typed = text.strip()
    try:
        if _NUMBER.fullmatch(typed):
            return Expected(text, Decimal(typed))
        return Expected(text, read_json(typed))
    except (ValueError, RecursionError):
        return Expected(text, NOTHING)


def holds(found: Any, compare: Comparison, expected: Expected, work: Work) -> bool:
    """Compare a value of a document with the expected one. Raises TooMuchWork."""
    match compare:
        case Comparison.EQUAL:
            return _equals(found, expected, work)
        case Comparison.DIFFERENT:
            return not _equals(found, expected, work)
        case Comparison.LESS:
            return isinstance(found, Decimal) and comes_before(found, expected.value, work)
        case Comparison.MORE:
            return isinstance(found, Decimal) and comes_before(expected.value, found, work)
        case Comparison.CONTAINS:
            return _contains(found, expected, work)


def _equals(found: Any, expected: Expected, work: Work) -> bool:
    """Compare as JSON; a text also equals what was typed without quotes."""
    return found == expected.text or is_same(found, expected.value, work)


def _contains(found: Any, expected: Expected, work: Work) -> bool:
    """A text contains a part, an array an element, an object a name."""
    work.look_at(found)
    match found:
        case str():
            return any(part in found for part in _texts(expected))
        case list():
            return any(_equals(item, expected, work) for item in found)
        case dict():
            return any(name in found for name in _texts(expected))
        case _:
            return False


def _texts(expected: Expected) -> tuple[str, ...]:
    quoted = (expected.value,) if isinstance(expected.value, str) else ()
    return (expected.text, *quoted)


def shown(differing: Differing, most: int) -> str:
    """Write the value that differs as JSON, and somewhat more than `most` characters of it."""
    return as_json(differing.value, most)
