"""What to ask of a target, and what counts as a good answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

import jsonpath
import re2

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


@dataclass(frozen=True, slots=True)
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
    """PEM certificates to trust beside the usual ones."""
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
    degraded_after_ms: float | None = None
    tls_expiry_warn_days: int = 14

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


DEFAULT_LIMITS = Limits()


def parse_headers(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Read "Name: value" lines. Raises BadSetting."""
    return tuple(parse_header(line) for line in lines if line.strip())


def parse_header(line: str) -> tuple[str, str]:
    """Read one "Name: value". Raises BadSetting."""
    name, colon, value = line.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        raise BadSetting(f"“{line.strip()[:40]}” is not a header like “Accept: text/html”.")
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
        raise BadSetting(f"The value of {name} has a control character in it.")
    return name, value


def _json_paths() -> jsonpath.JSONPathEnvironment:
    environment = jsonpath.JSONPathEnvironment()
    # They hand what a target sends to a regular expression that can take for ever.
    for function in ("match", "search"):
        del environment.function_extensions[function]
    return environment


_JSON_PATHS = _json_paths()


def parse_json_path(text: str) -> jsonpath.CompoundJSONPath | jsonpath.JSONPath:
    """Read a JSONPath query (RFC 9535) like $.checks[0].ok. Raises BadSetting."""
    try:
        return _JSON_PATHS.compile(text)
    except jsonpath.JSONPathError as error:
        raise BadSetting(f"“{text[:40]}” is not a JSON path like $.status: {error}") from None


@lru_cache(maxsize=1_024)
def parse_pattern(text: str) -> "re2._Regexp":
    """Compile a regular expression with RE2, which cannot backtrack. Raises BadSetting."""
    try:
        return re2.compile(text, _quiet())
    except re2.error as error:
        detail = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise BadSetting(f"“{text[:40]}” is not a regular expression: {detail}") from None


def _quiet() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return options
