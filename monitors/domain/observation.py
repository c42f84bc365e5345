"""What a probe brings back: facts, and no opinion yet."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from .reasons import Failure

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Phases:
    """Where the time of a check went, in milliseconds; None for a phase that did not happen.

    Over redirects each phase is the sum of its parts. Together they are the response time.
    """

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    wait_ms: float | None = None
    transfer_ms: float | None = None

    @property
    def total_ms(self) -> float:
        parts = (self.dns_ms, self.connect_ms, self.tls_ms, self.wait_ms, self.transfer_ms)
        return sum(part for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class Issuer:
    """A certificate above that of the server: an intermediate one or the root."""

    name: str
    is_root: bool
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """The leaf certificate that the server showed on the connection of the check."""

    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    issuers: tuple[Issuer, ...] = ()
    """The rest of the chain, from the leaf up; empty where it was not verified."""


@dataclass(frozen=True, slots=True)
class Response:
    """The last response of a check, after redirects."""

    status_code: int
    reason_phrase: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """Decoded, and cut at the byte limit; where nothing reads it, no more than evidence needs."""
    body_complete: bool
    """False when the byte limit cut the body."""
    cookies: tuple[str, ...] = ()
    """The values of cookies that redirects have set before."""
    may_be_kept: bool = True
    """Whether what was read of the body may be kept or quoted."""

    @property
    def answer(self) -> str:
        """The status line for people: "200 OK"."""
        phrase = self.reason_phrase or _PHRASES.get(self.status_code, "")
        return f"{self.status_code} {phrase}".rstrip()

    def header(self, name: str) -> str:
        """The first value of a header; empty when it is not there."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class Observation:
    """The raw facts of one check of one target.

    Exactly one of `response` and `failure` is None.
    """

    started_at: datetime
    phases: Phases
    response: Response | None = None
    failure: Failure | None = None
    address: str | None = None
    """The IP address of the last connection."""
    redirects: tuple[str, ...] = ()
    """The URLs that were redirected to, in order."""
    certificate: Certificate | None = None
    loop_lag_ms: float = 0.0
    """How late the event loop ran during the check: time that is ours and not the target's."""
