"""JSON paths: a part of RFC 9535 whose work on any body can be counted and ended.

A library reads the text. What it read is translated here into steps of our own, each of which
counts what it does. Left out is what could take for ever, or takes much more than one look at
every value: regular expressions, more than one `..`, and `..` or a filter inside of a filter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jsonpath
from jsonpath import filter as filters
from jsonpath import segments, selectors
from jsonpath.parse import Parser

from .json_values import NOTHING, Work, comes_before, is_same
from .spec import BadSetting
from .wording import one_line

MAX_NESTING = 20

# What a selector, a query, an operand and a test of a filter do with one value.
Select = Callable[[Any, Work], list[Any]]
Operand = Callable[[Any, Work], Any]
Test = Callable[[Any, Work], bool]


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A query that is ready to be asked."""

    select: Select

    def values(self, document: Any, steps: int) -> list[Any]:
        """Give what stands there. Raises TooMuchWork when it takes more than so many steps."""
        return self.select(document, Work(document, steps))


@lru_cache(maxsize=1_024)
def parse_json_path(text: str) -> JsonPath:
    """Read a JSON path like $.checks[0].ok. Raises BadSetting, whatever the text."""
    shown = one_line(text[:40])
    try:
        return JsonPath(_query(_ENVIRONMENT.compile(text), may_descend=True, in_filter=False))
    except _Refused as refused:
        raise BadSetting(f"“{shown}” cannot be used as a JSON path: {refused}.") from None
    except jsonpath.JSONPathError as error:
        raise BadSetting(f"“{shown}” is not a JSON path like $.status{_where(error)}.") from None
    except (ArithmeticError, AssertionError, LookupError, RecursionError, TypeError, ValueError):
        # What else the library raises over odd text.
        raise BadSetting(f"“{shown}” is not a JSON path like $.status.") from None


class _Refused(Exception):  # noqa: N818 - reads as what it is at every raise
    """A path that means something, and is not for checks; its text says why."""


class _Parser(Parser):
    """Reads numbers exactly, and no regular expressions: already compiling one may be wrong."""

    def parse_regex(self, stream: Any) -> Any:
        del stream
        raise _Refused("regular expressions are not possible in it; use the setting for them")

    def parse_integer_literal(self, stream: Any) -> Any:
        return _number(stream)

    def parse_float_literal(self, stream: Any) -> Any:
        return _number(stream)


def _number(stream: Any) -> Any:
    text = stream.next().value
    if float(text) in {float("inf"), float("-inf")}:
        raise _Refused(f"{text[:20]} is too large a number")
    return filters.FilterExpressionLiteral(value=Decimal(text))


class _Environment(jsonpath.JSONPathEnvironment):
    parser_class = _Parser


def _environment() -> jsonpath.JSONPathEnvironment:
    environment = _Environment(filter_caching=False)
    for name in set(environment.function_extensions) - {"length", "count", "value"}:
        del environment.function_extensions[name]
    return environment


_ENVIRONMENT = _environment()


def _where(error: jsonpath.JSONPathError) -> str:
    """Give the parser's complaint in one line: its own text draws a picture of many."""
    complaint = one_line(str(error.args[0]))[:80] if error.args else ""
    # The end of a path is at no character.
    index = error.token.index if error.token is not None else -1
    place = f", at character {index + 1}" if index >= 0 else ""
    return f": {complaint}{place}" if complaint else ""


def _query(path: object, *, may_descend: bool, in_filter: bool) -> Select:
    if not isinstance(path, jsonpath.JSONPath) or path.pseudo_root:
        raise _Refused("it is one path from $ on, without | and & and ^")
    descents = [
        isinstance(segment, segments.JSONPathRecursiveDescentSegment) for segment in path.segments
    ]
    if sum(descents) > may_descend:
        raise _Refused("“..” inside of a filter" if in_filter else "“..” more than once")
    steps = [
        (descends, [_selector(selector, in_filter=in_filter) for selector in segment.selectors])
        for descends, segment in zip(descents, path.segments, strict=True)
    ]

    def select(value: Any, work: Work) -> list[Any]:
        found = [value]
        for descends, chosen in steps:
            if descends:
                found = [inner for value in found for inner in _with_all_within(value, work)]
            found = [hit for value in found for choose in chosen for hit in choose(value, work)]
        return found

    return select


def _with_all_within(value: Any, work: Work) -> list[Any]:
    """Give a value and every array and object in it, from the outside in."""
    found, waiting = [], [value]
    while waiting:
        found.append(waiting.pop())
        inside = [child for child in _children(found[-1], work) if isinstance(child, list | dict)]
        waiting += reversed(inside)
    return found


def _children(value: Any, work: Work) -> list[Any]:
    children: list[Any]
    match value:
        case list():
            children = value
        case dict():
            children = list(value.values())
        case _:
            children = []
    work.spend(1 + len(children))
    return children


def _selector(selector: object, *, in_filter: bool) -> Select:
    match selector:
        case selectors.NameSelector(name=name):
            return _member(name)
        case selectors.IndexSelector(index=index):
            return _member(index)
        case selectors.SliceSelector(slice=part):
            return _part(part)
        case selectors.WildcardSelector():
            return _children
        case selectors.Filter(expression=expression) if not in_filter:
            return _filtered(_test(expression.expression))
        case selectors.Filter():
            raise _Refused("a filter inside of a filter")
        case _:
            raise _Refused("it may only have names, numbers, slices, * and filters")


def _member(key: str | int) -> Select:
    def select(value: Any, work: Work) -> list[Any]:
        work.spend(1)
        found = _at(value, key)
        return [] if found is NOTHING else [found]

    return select


def _at(value: Any, key: str | int) -> Any:
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key, NOTHING)
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if -len(value) <= key < len(value) else NOTHING
    return NOTHING


def _part(part: slice) -> Select:
    def select(value: Any, work: Work) -> list[Any]:
        found = value[part] if isinstance(value, list) and part.step != 0 else []
        work.spend(1 + len(found))
        return found

    return select


def _filtered(holds: Test) -> Select:
    def select(value: Any, work: Work) -> list[Any]:
        return [child for child in _children(value, work) if holds(child, work)]

    return select


def _test(expression: object, depth: int = 0) -> Test:
    if depth > MAX_NESTING:
        raise _Refused("it is nested too deeply")
    match expression:
        case filters.PrefixExpression(operator="!", right=right):
            inner = _test(right, depth + 1)
            return lambda value, work: not inner(value, work)
        case filters.InfixExpression(left=left, operator="&&", right=right):
            a, b = _test(left, depth + 1), _test(right, depth + 1)
            return lambda value, work: a(value, work) and b(value, work)
        case filters.InfixExpression(left=left, operator="||", right=right):
            a, b = _test(left, depth + 1), _test(right, depth + 1)
            return lambda value, work: a(value, work) or b(value, work)
        case filters.InfixExpression(left=left, operator=operator, right=right):
            return _comparison(_operand(left), operator, _operand(right))
        case filters.FilterQuery():
            found = _inner_query(expression)
            return lambda value, work: bool(found(value, work))
        case _:
            raise _Refused("a filter compares values, or tells whether something is there")


def _comparison(left: Operand, operator: str, right: Operand) -> Test:
    """Compare as RFC 9535, 2.3.5.2.2: two numbers have an order, and two texts."""
    holds: Callable[[Any, Any, Work], bool]
    match operator:
        case "==":
            holds = is_same
        case "!=":
            holds = lambda a, b, work: not is_same(a, b, work)  # noqa: E731
        case "<":
            holds = comes_before
        case ">":
            holds = lambda a, b, work: comes_before(b, a, work)  # noqa: E731
        case "<=":
            holds = lambda a, b, work: comes_before(a, b, work) or is_same(a, b, work)  # noqa: E731
        case ">=":
            holds = lambda a, b, work: comes_before(b, a, work) or is_same(a, b, work)  # noqa: E731
        case _:
            raise _Refused(f"filters do not know “{operator}”")
    return lambda value, work: holds(left(value, work), right(value, work), work)


def _operand(expression: object) -> Operand:
    match expression:
        case filters.FilterExpressionLiteral(value=literal):
            return lambda value, work: literal  # noqa: ARG005
        case filters.Nil():
            return lambda value, work: None  # noqa: ARG005
        case filters.FilterQuery():
            return _only_value(_inner_query(expression))
        case filters.FunctionExtension(name="length", args=[argument]):
            return _length(_operand(argument))
        case filters.FunctionExtension(name="count", args=[filters.FilterQuery() as query]):
            counted = _inner_query(query)
            return lambda value, work: Decimal(len(counted(value, work)))
        case filters.FunctionExtension(name="value", args=[filters.FilterQuery() as query]):
            return _only_value(_inner_query(query))
        case _:
            raise _Refused("a filter compares values like @.name, numbers and texts")


def _inner_query(query: filters.FilterQuery) -> Select:
    found = _query(query.path, may_descend=False, in_filter=True)
    match query:
        case filters.RelativeFilterQuery():
            return found
        case filters.RootFilterQuery():
            return lambda value, work: found(work.document, work)  # noqa: ARG005
        case _:
            raise _Refused("a path in a filter begins with @ or $")


def _only_value(query: Select) -> Operand:
    def operand(value: Any, work: Work) -> Any:
        found = query(value, work)
        return found[0] if len(found) == 1 else NOTHING

    return operand


def _length(operand: Operand) -> Operand:
    def length(value: Any, work: Work) -> Any:
        found = operand(value, work)
        return Decimal(len(found)) if isinstance(found, str | list | dict) else NOTHING

    return length
