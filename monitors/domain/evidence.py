"""What is kept of a failing check, so that it can be understood later."""

from dataclasses import dataclass

from .observation import Observation, Response
from .redaction import REMOVED, beginning_without_secrets, without_secrets
from .spec import CheckSpec

BODY_KEPT = 2_048
# Of the body: what is taken out, however long, may leave less than what is kept.
LOOKED_THROUGH = 16 * BODY_KEPT
HEADERS_KEPT = 100
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
    """Gather it; `text` is the body, or enough of its beginning."""
    response = observation.response
    return Evidence(
        address=observation.address or "",
        redirects=tuple(without_secrets(spec, url) for url in observation.redirects),
        headers=_headers(spec, response) if response is not None else (),
        body_start=_storable(beginning_without_secrets(spec, text, BODY_KEPT)),
    )


def _headers(spec: CheckSpec, response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, REMOVED if name.lower() in _PRIVATE else _storable(without_secrets(spec, value)))
        for name, value in response.headers[:HEADERS_KEPT]
    )


def _storable(text: str) -> str:
    # PostgreSQL stores no NUL, and UTF-8 no lone surrogate.
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
