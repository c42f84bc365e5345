"""Takes the secrets of a service out of what its target sent back."""

import base64
import html
import json
from functools import lru_cache
from urllib.parse import quote, quote_plus

from .spec import CheckSpec

REMOVED = "(removed)"


def without_secrets(spec: CheckSpec, text: str) -> str:
    """Servers echo what they were sent: as it was, or escaped for URLs, HTML or JSON."""
    for secret in _forms(spec):
        text = text.replace(secret, REMOVED)
    return text


@lru_cache(maxsize=20_000)
def _forms(spec: CheckSpec) -> tuple[str, ...]:
    """Give each secret in each of its forms, the longest first: one may hold another."""
    known = [spec.password, spec.bearer_token, *(value for _, value in spec.secret_headers)]
    if spec.password:
        known.append(base64.b64encode(f"{spec.username}:{spec.password}".encode()).decode())
    escapes = (str, _percent, quote_plus, html.escape, _json)
    forms = {escape(secret) for secret in known if secret for escape in escapes}
    return tuple(sorted(forms, key=len, reverse=True))


def _percent(text: str) -> str:
    return quote(text, safe="")


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]
