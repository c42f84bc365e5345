"""Takes secrets out of what a target sent back: those of the service, and the target's cookies.

It is best effort: a secret is found as it is and in the forms in which programs are known to write
one (`disguises`). What is encrypted, hashed, compressed, cut or spelled otherwise is not found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from .disguises import as_echoed, as_written, base64_of, escaped
from .observation import Response
from .spec import CheckSpec

REMOVED = "(removed)"
# What is shorter may well stand in any text. Three characters are found where they stand alone.
SHORTEST, SHORTEST_WORD = 4, 3
# Of what nobody called a secret: words like “english” are cookies too.
_SHORTEST_GUESS, _SHORTEST_GUESS_WITH_DIGIT = 12, 6
_MAX_COOKIES = 50
_AUTHORIZATION = {"authorization", "proxy-authorization"}
_COOKIES = {"cookie", "set-cookie", "set-cookie2"}
_SOUNDS_SECRET = re.compile(
    r"authoriz|authentic|(^|-)auth(-|$)|cookie|token|secret|passw|session|signature|csrf|xsrf"
    r"|(api|access|auth|app|private|subscription|x)-?key$",
    re.IGNORECASE,
)
# What most checks have to say; there is nothing to look for.
PLAIN_ANSWERS = {f"{status.value} {status.phrase}" for status in HTTPStatus}


def sounds_secret(name: str) -> bool:
    """Tell whether the value of a header is a secret, by its name."""
    return _SOUNDS_SECRET.search(name) is not None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What to take out of texts."""

    forms: tuple[str, ...] = ()
    """The longest first: one may hold another."""
    words: tuple[str, ...] = ()
    """Those that are so short that they are looked for where they stand alone."""

    def taken_out_of(self, text: str) -> str:
        for form in self.forms:
            if len(form) <= len(text) and form in text:
                text = text.replace(form, REMOVED)
        for word in self.words:
            text = re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", REMOVED, text)
        return text

    def window(self, kept: int) -> int:
        """Give how much of a text must be seen to keep so many characters of it."""
        return 2 * kept + self._longest

    def taken_out_of_beginning(self, text: str, kept: int) -> str:
        """Give at most `kept` characters, and no part of a secret at the cut."""
        seen = text[: self.window(kept)]
        clean = self.taken_out_of(seen)
        if len(seen) < len(text):
            clean = clean[: max(0, len(clean) - self._longest + 1)]
        return clean[:kept]

    @property
    def _longest(self) -> int:
        return len(self.forms[0]) if self.forms else SHORTEST_WORD


def secrets_of(spec: CheckSpec, response: Response | None = None) -> Secrets:
    """Give those of a service, and the cookies that its target has set."""
    own = _own(spec)
    cookies = set(_cookies(response)) if response is not None else set()
    if not cookies:
        return own
    echoed = {form for cookie in cookies for form in as_echoed(cookie)}
    return Secrets(_longest_first(echoed.union(own.forms)), own.words)


@lru_cache(maxsize=20_000)
def _own(spec: CheckSpec) -> Secrets:
    found = set(_secrets(spec))
    words = sorted(secret for secret in found if SHORTEST_WORD <= len(secret) < SHORTEST)
    forms = {form for secret in found if len(secret) >= SHORTEST for form in as_written(secret)}
    forms.update(form for word in words for form in escaped(word) if len(form) >= SHORTEST)
    return Secrets(_longest_first(forms), tuple(words))


def _longest_first(forms: set[str]) -> tuple[str, ...]:
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _secrets(spec: CheckSpec) -> Iterator[str]:
    yield spec.password
    yield spec.bearer_token
    yield from (spec.client_key, _without_lines(spec.client_key))
    if spec.password:
        yield base64_of(f"{spec.username}:{spec.password}")
    for name, value in spec.secret_headers:
        yield value
        yield from (part for part in _parts(name, value) if len(part) >= SHORTEST)
    for name, value in spec.headers:
        if sounds_secret(name):
            yield value
            yield from filter(_looks_random, _parts(name, value))


def _parts(name: str, value: str) -> list[str]:
    """Give the pieces of a header that are secrets by themselves."""
    match name.lower():
        case known if known in _AUTHORIZATION:
            return [value.partition(" ")[2].strip()]
        case known if known in _COOKIES:
            return [pair.partition("=")[2].strip(' "') for pair in value.split(";")]
        case _:
            return []


def _cookies(response: Response) -> list[str]:
    """Give the values of cookies that were set on the way and by the answer."""
    lines = [value for name, value in response.headers if name.lower() in _COOKIES]
    values = [*response.cookies, *(line.partition(";")[0].partition("=")[2] for line in lines)]
    stripped = (value.strip(' "') for value in values)
    return [value for value in stripped if _looks_random(value)][:_MAX_COOKIES]


def _looks_random(value: str) -> bool:
    digits = any(character.isdigit() for character in value)
    return len(value) >= (_SHORTEST_GUESS_WITH_DIGIT if digits else _SHORTEST_GUESS)


def _without_lines(pem: str) -> str:
    """Give what stands between the first and the last line of a PEM text, in one."""
    return "".join(pem.splitlines()[1:-1])
