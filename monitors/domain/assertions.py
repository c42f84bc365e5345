"""What a service's settings say about the body of a good answer."""

import json
import re
from email.message import Message
from typing import Any

from .observation import Response
from .reasons import Failure, Fault
from .redaction import without_secrets
from .spec import CheckSpec, Comparison, parse_json_path, parse_pattern
from .wording import one_line

_SHOWN = 60
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]{0,2000}>", re.DOTALL | re.IGNORECASE)


def broken_assertion(spec: CheckSpec, response: Response) -> Failure | None:
    """Give the first assertion that does not hold; None when all do.

    Where the body was cut and what was looked for may stand behind the cut, the fault is
    TOO_LARGE: no verdict without having seen what it is about.
    """
    failure = _header(spec, response)
    if failure is not None or not spec.reads_body:
        return failure
    text = decoded(response)
    for rule in (_keyword, _keyword_absent, _pattern, _json):
        failure = rule(spec, response, text)
        if failure is not None:
            return failure
    return None


def decoded(response: Response) -> str:
    """Read the body as its Content-Type says, as UTF-8 where it says nothing usable."""
    kind = Message()
    kind["Content-Type"] = response.header("content-type").replace("\n", " ").replace("\r", " ")
    charset = kind.get_content_charset("utf-8")
    try:
        return response.body.decode(charset, "replace")
    except LookupError:
        return response.body.decode("utf-8", "replace")


def _header(spec: CheckSpec, response: Response) -> Failure | None:
    name, colon, expected = (part.strip() for part in spec.response_header.partition(":"))
    if not name:
        return None
    found = [value for key, value in response.headers if key.lower() == name.lower()]
    if not found:
        return Failure(Fault.HEADER_MISSING, {"answer": response.answer, "name": name})
    if colon and not any(expected in value for value in found):
        facts = {
            "answer": response.answer,
            "name": name,
            "found": _short(without_secrets(spec, found[0])),
        }
        return Failure(Fault.HEADER_DIFFERS, facts | {"expected": expected})
    return None


def _pattern(spec: CheckSpec, response: Response, text: str) -> Failure | None:
    if not spec.pattern or parse_pattern(spec.pattern).search(text):
        return None
    if not response.body_complete:
        return _cut(response)
    facts = {"answer": response.answer, "pattern": spec.pattern, "found": _found(spec, text)}
    return Failure(Fault.PATTERN_MISSING, facts)


def _keyword(spec: CheckSpec, response: Response, text: str) -> Failure | None:
    if not spec.keyword or spec.keyword in text:
        return None
    if not response.body_complete:
        return _cut(response)
    facts = {"answer": response.answer, "keyword": spec.keyword, "found": _found(spec, text)}
    return Failure(Fault.KEYWORD_MISSING, facts)


def _keyword_absent(spec: CheckSpec, response: Response, text: str) -> Failure | None:
    if not spec.keyword_absent:
        return None
    if spec.keyword_absent in text:
        facts = {"answer": response.answer, "keyword": spec.keyword_absent}
        return Failure(Fault.KEYWORD_PRESENT, facts)
    return None if response.body_complete else _cut(response)


def _json(spec: CheckSpec, response: Response, text: str) -> Failure | None:
    if not spec.json_path:
        return None
    if not response.body_complete:
        return _cut(response)
    answer, path = response.answer, spec.json_path
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Failure(Fault.NOT_JSON, {"answer": answer, "found": _found(spec, text)})
    values = parse_json_path(path).findall(document)
    if not values:
        return Failure(Fault.JSON_PATH_MISSING, {"answer": answer, "path": path})
    if spec.json_expected and not any(_holds(spec, value) for value in values):
        found = {"path": path, "found": _short(without_secrets(spec, _as_text(values[0])))}
        wanted = {"comparison": spec.json_compare, "expected": _short(spec.json_expected)}
        return Failure(Fault.JSON_DIFFERS, {"answer": answer, **found, **wanted})
    return None


def _holds(spec: CheckSpec, value: Any) -> bool:
    """Compare as numbers where both are numbers, else as texts; an order needs numbers."""
    found, expected = _as_text(value), spec.json_expected
    numbers = _number(found), _number(expected)
    match spec.json_compare:
        case Comparison.EQUAL:
            return found == expected or (numbers[0] is not None and numbers[0] == numbers[1])
        case Comparison.DIFFERENT:
            return found != expected and (numbers[0] is None or numbers[0] != numbers[1])
        case Comparison.CONTAINS:
            return expected in found
        case Comparison.LESS:
            return numbers[0] is not None and numbers[1] is not None and numbers[0] < numbers[1]
        case Comparison.MORE:
            return numbers[0] is not None and numbers[1] is not None and numbers[0] > numbers[1]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _cut(response: Response) -> Failure:
    size = f"{len(response.body):,} bytes"
    return Failure(Fault.TOO_LARGE, {"answer": response.answer, "limit": size})


def _found(spec: CheckSpec, text: str) -> str:
    visible = one_line(_TAG.sub(" ", without_secrets(spec, text[:20_000])))
    return f"; it begins with “{_short(visible)}”" if visible else "; it is empty"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
