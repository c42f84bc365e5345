"""What is kept of a failing check, so that it can be understood later."""

from dataclasses import dataclass
from urllib.parse import quote

from .observation import Observation, Response
from .spec import CheckSpec

BODY_KEPT = 2_048
HEADERS_KEPT = 100
REMOVED = "(removed)"
# Response headers that carry somebody's session.
_PRIVATE = {"set-cookie", "set-cookie2", "authorization", "www-authenticate", "cookie"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the check went, and what came back; secrets of the service are taken out."""

    address: str
    redirects: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    body_start: str
    """At most 2 KB of the decoded body."""


def evidence(spec: CheckSpec, observation: Observation, text: str) -> Evidence:
    """Gather it; `text` is the body as the verdict read it."""
    secrets = _secrets(spec)
    response = observation.response
    return Evidence(
        address=observation.address or "",
        redirects=tuple(_without(url, secrets) for url in observation.redirects),
        headers=_headers(response, secrets) if response is not None else (),
        body_start=_storable(_without(text[: 2 * BODY_KEPT], secrets)[:BODY_KEPT]),
    )


def _secrets(spec: CheckSpec) -> tuple[str, ...]:
    known = [spec.password, spec.bearer_token, *(value for _, value in spec.secret_headers)]
    return tuple(secret for secret in known if secret)


def _headers(response: Response, secrets: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, REMOVED if name.lower() in _PRIVATE else _storable(_without(value, secrets)))
        for name, value in response.headers[:HEADERS_KEPT]
    )


def _without(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, REMOVED).replace(quote(secret, safe=""), REMOVED)
    return text


def _storable(text: str) -> str:
    # PostgreSQL stores no NUL, and UTF-8 no lone surrogate.
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
