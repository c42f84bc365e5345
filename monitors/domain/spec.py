"""What to ask of a target, and what counts as a good answer."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MAX_REDIRECTS = 10
DEFAULT_EXPECTED_STATUS = "200-299"


class BadSetting(ValueError):  # noqa: N818 - reads as what it is at every raise
    """A setting that means nothing; its text is a sentence for the person who typed it."""


@dataclass(frozen=True, slots=True)
class StatusRanges:
    """Accepted status codes, as in "200-299, 304"."""

    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, text: str) -> "StatusRanges":
        """Read "200-299, 304". Raises BadSetting."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not parts:
            raise BadSetting("Give at least one status code, like 200-299.")
        return cls(tuple(_status_range(part) for part in parts))

    def __contains__(self, status_code: int) -> bool:
        return any(low <= status_code <= high for low, high in self.ranges)

    def __str__(self) -> str:
        return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in self.ranges)


def _status_range(part: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-5][0-9]{2})(?:\s*[-\u2013]\s*([1-5][0-9]{2}))?", part)
    if match is None:
        raise BadSetting(f"“{part[:20]}” is not a status code or a range like 200-299.")
    low, high = int(match[1]), int(match[2] or match[1])
    if low > high:
        raise BadSetting(f"The range {low}-{high} is empty; write {high}-{low}.")
    return low, high


SUCCESS = StatusRanges.parse(DEFAULT_EXPECTED_STATUS)


class Comparison(StrEnum):
    """How the value at a JSON path relates to the expected one."""

    EQUAL = "=="
    DIFFERENT = "!="
    LESS = "<"
    MORE = ">"
    CONTAINS = "contains"


class Hits(StrEnum):
    """Of several values at a JSON path, how many must be as expected."""

    ANY = "any"
    ALL = "all"


Choice = TypeVar("Choice", bound=StrEnum)


def parse_choice(kind: type[Choice], text: str) -> Choice:
    """Read one of a few words. Raises BadSetting."""
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(choice.value for choice in kind)
        raise BadSetting(f"“{text[:20]}” is none of {known}.") from None


@dataclass(frozen=True, slots=True, weakref_slot=True)
class CheckSpec:
    """One check as a probe needs it: parsed, and never changed."""

    url: str
    """In normal form (see targets), with no user name or password in it."""
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    secret_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    bearer_token: str = field(default="", repr=False)
    timeout_s: float = 5.0
    """For the whole check: DNS, connect, TLS, redirects, headers and body together."""
    expected_status: StatusRanges = SUCCESS
    follow_redirects: bool = True
    verify_tls: bool = True
    ca_bundle: str = ""
    """PEM, trusted in addition to the system's."""
    client_certificate: str = ""
    """PEM, for servers that ask for one; of several the first is that of the key."""
    client_key: str = field(default="", repr=False)
    prefer_ipv6: bool = False
    keyword: str = ""
    keyword_absent: str = ""
    pattern: str = ""
    """A regular expression (RE2) that must match somewhere in the body."""
    response_header: str = ""
    """"Name" or "Name: text": a header that must be there, holding the text."""
    json_path: str = ""
    json_compare: Comparison = Comparison.EQUAL
    json_expected: str = ""
    json_match: Hits | None = None
    """None: as the comparison has it, see `hits_that_must_hold`."""
    degraded_after_ms: float | None = None
    tls_expiry_warn_days: int = 14

    def __hash__(self) -> int:
        # What is kept for a spec is looked up several times a check, and there are many fields.
        return hash(self.url)

    @property
    def reads_body(self) -> bool:
        """Whether the verdict depends on the body."""
        return bool(self.keyword or self.keyword_absent or self.pattern or self.json_path)


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for every check of an installation."""

    body_bytes: int = 1_048_576
    refuse_private: bool = False
    allowed_networks: tuple[str, ...] = ()
    """Exceptions to `refuse_private`, like "10.1.0.0/16"."""
    keep_bodies: bool = True
    """Whether evidence and messages may hold the beginning of a body."""


DEFAULT_LIMITS = Limits()
