"""What is kept of a failing check, so that it can be understood later."""

from dataclasses import dataclass

from .observation import Observation, Response
from .redaction import REMOVED, Secrets, secrets_of, sounds_secret
from .spec import CheckSpec

BODY_KEPT = 2_048
# Of the body: what is taken out, however long, may leave less than what is kept.
LOOKED_THROUGH = 16 * BODY_KEPT
# No character of a known charset takes more than four.
LOOKED_THROUGH_BYTES = 4 * LOOKED_THROUGH
HEADERS_KEPT = 100


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the check went, and what came back; secrets are taken out as far as they are found."""

    address: str
    redirects: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    body_start: str
    """At most 2 KB of the decoded body; empty where no bodies are to be kept."""


def evidence(spec: CheckSpec, observation: Observation, text: str) -> Evidence:
    """Gather it; `text` is the body, or enough of its beginning."""
    response = observation.response
    secrets = secrets_of(spec, response)
    return Evidence(
        address=observation.address or "",
        redirects=tuple(secrets.taken_out_of(url) for url in observation.redirects),
        headers=_headers(secrets, response) if response is not None else (),
        body_start=_storable(secrets.taken_out_of_beginning(text, BODY_KEPT)),
    )


def _headers(secrets: Secrets, response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, REMOVED if sounds_secret(name) else _storable(secrets.taken_out_of(value)))
        for name, value in response.headers[:HEADERS_KEPT]
    )


def _storable(text: str) -> str:
    # PostgreSQL stores no NUL, and UTF-8 no lone surrogate.
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
