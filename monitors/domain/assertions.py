"""What a service's settings say about the body of a good answer."""

import codecs
import json
import re
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import re2

from .observation import Response
from .reasons import Failure, Fault
from .redaction import beginning_without_secrets
from .spec import CheckSpec, Comparison, parse_json_path, parse_pattern
from .wording import one_line

_SHOWN = 60
_LOOKED_THROUGH = 20_000
_MAX_VALUES = 10_000
_NOTHING = object()
_SCRIPT = re2.compile(r"(?is)<script\b.*?</script\s*>|<style\b.*?</style\s*>")
_TAG = re2.compile(r"<[^<>]*>")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# The character sets of the web (Encoding Standard); other codecs of Python can take any time.
_CHARSETS = re.compile(
    r"ascii|utf-(8|16|32)(-[lb]e)?|iso8859-\d+|cp(125\d|437|850|852|866|874|932|949|950)|koi8-[ru]"
    r"|mac-(roman|cyrillic)|gb(2312|k|18030)|big5(hkscs)?|euc[_-](jp|kr)|shift_jis|iso2022_jp"
)


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
    return response.body.decode(_charset(response.header("content-type")), "replace")


def decoded_beginning(response: Response, characters: int) -> str:
    """Read at least so many characters of the body, or all of it."""
    # Four bytes are the most that a character of a known charset takes.
    return decoded(replace(response, body=response.body[: 4 * characters]))


def _charset(content_type: str) -> str:
    if (found := _CHARSET.search(content_type)) is None:
        return "utf-8"
    try:
        charset = codecs.lookup(found[1]).name
    except (LookupError, ValueError):
        return "utf-8"
    return charset if _CHARSETS.fullmatch(charset) else "utf-8"


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
            "found": _shown(spec, found[0]),
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
        document = _document(response, text)
    except (ValueError, RecursionError):
        return Failure(Fault.NOT_JSON, {"answer": answer, "found": _found(spec, text)})
    matches = parse_json_path(path).finditer(document)
    values = (match.obj for match in islice(matches, _MAX_VALUES))
    first = next(values, _NOTHING)
    if first is _NOTHING:
        return Failure(Fault.JSON_PATH_MISSING, {"answer": answer, "path": path})
    if spec.json_expected and not any(_holds(spec, value) for value in chain([first], values)):
        found = {"path": path, "found": _shown(spec, _as_text(first))}
        wanted = {"comparison": spec.json_compare, "expected": _short(spec.json_expected)}
        return Failure(Fault.JSON_DIFFERS, {"answer": answer, **found, **wanted})
    return None


def _document(response: Response, text: str) -> Any:
    """Read it in whatever UTF it is, with or without a mark, or else as its charset says."""
    try:
        return json.loads(response.body)
    except UnicodeDecodeError:
        return json.loads(text)


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
    beginning = beginning_without_secrets(spec, text, _LOOKED_THROUGH)
    visible = one_line(_TAG.sub(" ", _SCRIPT.sub(" ", beginning)))
    return f"; it begins with “{_short(visible)}”" if visible else "; it is empty"


def _shown(spec: CheckSpec, text: str) -> str:
    return _short(beginning_without_secrets(spec, text, _SHOWN + 1))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
