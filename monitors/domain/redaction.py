"""Takes the secrets of a service out of what its target sent back."""

import base64
import html
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, quote_plus

from .spec import CheckSpec

REMOVED = "(removed)"
# A part of a header that is shorter may well stand in any text.
_SHORTEST_PART = 4
_AUTHORIZATION = {"authorization", "proxy-authorization"}


def without_secrets(spec: CheckSpec, text: str) -> str:
    """Servers echo what they were sent: as it was, or escaped for URLs, HTML or JSON."""
    for secret in _forms(spec):
        text = text.replace(secret, REMOVED)
    return text


def beginning_without_secrets(spec: CheckSpec, text: str, kept: int) -> str:
    """Give at most `kept` characters from the beginning, and no part of a secret at the cut."""
    longest = max(map(len, _forms(spec)), default=1)
    window = text[: 2 * kept + longest]
    clean = without_secrets(spec, window)
    if len(window) < len(text):
        clean = clean[: max(0, len(clean) - longest + 1)]
    return clean[:kept]


@lru_cache(maxsize=20_000)
def _forms(spec: CheckSpec) -> tuple[str, ...]:
    """Give each secret in each of its forms, the longest first: one may hold another."""
    forms = {form for secret in _secrets(spec) if secret for form in _escaped(secret)}
    return tuple(sorted(forms, key=len, reverse=True))


def _secrets(spec: CheckSpec) -> Iterator[str]:
    yield spec.password
    yield spec.bearer_token
    if spec.password:
        yield _base64(f"{spec.username}:{spec.password}")
    for name, value in spec.secret_headers:
        yield value
        parts: list[str] = []
        if name.lower() in _AUTHORIZATION:
            parts.append(value.partition(" ")[2].strip())
        if name.lower() == "cookie":
            parts += [pair.partition("=")[2].strip() for pair in value.split(";")]
        yield from (part for part in parts if len(part) >= _SHORTEST_PART)


def _escaped(secret: str) -> Iterator[str]:
    """Give a secret as programs of all kinds write it into URLs, HTML, JSON and headers."""
    in_json = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    in_urls = (quote(secret, safe=""), quote(secret), quote_plus(secret))
    in_html = html.escape(secret)
    yield from (secret, _base64(secret), in_html, html.escape(secret, quote=False))
    yield in_html.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    yield from (*in_urls, *(re.sub("%..", lambda code: code[0].lower(), url) for url in in_urls))
    yield from (*in_json, *(text.replace("/", "\\/") for text in in_json))
    yield re.sub("[<>&'+]", lambda found: f"\\u{ord(found[0]):04x}", in_json[0])
    yield re.sub("[<>&'+]", lambda found: f"\\u{ord(found[0]):04X}", in_json[0])
    # UTF-8 that was read as Latin-1.
    yield secret.encode().decode("latin-1")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
