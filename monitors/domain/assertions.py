"""What a service's settings say about the body of a good answer."""

from dataclasses import replace

import re2

from . import charset
from .json_rules import Differing, broken_json_rule, shown
from .observation import Response
from .patterns import MOST_STEPS, parse_pattern, steps
from .reasons import Failure, Fault
from .redaction import secrets_of
from .spec import CheckSpec, Hits
from .wording import one_line

_SHOWN = 60
_LOOKED_THROUGH = 20_000
# What may hold up other checks for longer than this is for a thread: 10 ms of a regular
# expression, and 40 ms of a JSON path at its worst.
_MUCH_BYTES = 65_536
_MUCH_JSON_BYTES = 8_192
_MUCH_STEPS = 2_500_000
_SCRIPT = re2.compile(r"(?is)<script\b.*?</script\s*>|<style\b.*?</style\s*>")
_TAG = re2.compile(r"<[^<>]*>")


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


def takes_long(spec: CheckSpec, response: Response) -> bool:
    """Tell whether judging a body may take so long that it is not for the event loop."""
    size = len(response.body) if spec.reads_body else 0
    return (
        size > _MUCH_BYTES
        or (size > _MUCH_JSON_BYTES and bool(spec.json_path))
        or (bool(spec.pattern) and steps(parse_pattern(spec.pattern), size) > _MUCH_STEPS)
    )


def decoded(response: Response) -> str:
    """Read the body in its charset."""
    return charset.decoded(response.body, response.header("content-type"))


def decoded_beginning(response: Response, characters: int) -> str:
    """Read at least so many characters of the body, or all of it."""
    # Four bytes are the most that a character of a known charset takes.
    return decoded(replace(response, body=response.body[: 4 * characters]))


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
            "found": _shown(spec, response, found[0]),
        }
        return Failure(Fault.HEADER_DIFFERS, facts | {"expected": expected})
    return None


def _pattern(spec: CheckSpec, response: Response, text: str) -> Failure | None:
    if not spec.pattern:
        return None
    pattern = parse_pattern(spec.pattern)
    facts = {"answer": response.answer, "pattern": spec.pattern}
    if steps(pattern, len(response.body)) > MOST_STEPS:
        return Failure(Fault.PATTERN_TOO_MUCH_WORK, facts)
    if pattern.search(text):
        return None
    if not response.body_complete:
        return _cut(response)
    return Failure(Fault.PATTERN_MISSING, facts | {"found": _found(spec, response, text)})


def _keyword(spec: CheckSpec, response: Response, text: str) -> Failure | None:
    if not spec.keyword or spec.keyword in text:
        return None
    if not response.body_complete:
        return _cut(response)
    facts = {
        "answer": response.answer,
        "keyword": spec.keyword,
        "found": _found(spec, response, text),
    }
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
    facts = {"answer": response.answer, "path": spec.json_path}
    broken = broken_json_rule(spec, response, text)
    match broken:
        case None:
            return None
        case Differing():
            return Failure(Fault.JSON_DIFFERS, facts | _difference(spec, response, broken))
        case Fault.NOT_JSON:
            return Failure(broken, facts | {"found": _found(spec, response, text)})
        case _:
            return Failure(broken, facts)


def _difference(spec: CheckSpec, response: Response, broken: Differing) -> dict[str, str]:
    secrets = secrets_of(spec, response)
    among = "first" if broken.hits is Hits.ANY else f"number {broken.position}"
    return {
        "found": _shown(spec, response, shown(broken, secrets.window(_SHOWN + 1))),
        "among": f" ({among} of {broken.count} values)" if broken.count > 1 else "",
        "comparison": spec.json_compare,
        "expected": _short(spec.json_expected),
    }


def _cut(response: Response) -> Failure:
    size = f"{len(response.body):,} bytes"
    return Failure(Fault.TOO_LARGE, {"answer": response.answer, "limit": size})


def _found(spec: CheckSpec, response: Response, text: str) -> str:
    if not response.may_be_kept:
        return ""
    secrets = secrets_of(spec, response)
    beginning = secrets.taken_out_of_beginning(text, _LOOKED_THROUGH)
    visible = one_line(_TAG.sub(" ", _SCRIPT.sub(" ", beginning)))
    return f"; it begins with “{_short(visible)}”" if visible else "; it is empty"


def _shown(spec: CheckSpec, response: Response, text: str) -> str:
    return _short(secrets_of(spec, response).taken_out_of_beginning(text, _SHOWN + 1))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
