"""Every way a check can end, and the sentence each becomes for the person who reads it."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a result is what it is: the closed list that the API promises."""

    OK = "ok"
    SLOW = "slow"
    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    PROTOCOL = "protocol"
    REDIRECT = "redirect"
    HTTP_STATUS = "http_status"
    CONTENT = "content"
    TOO_LARGE = "too_large"
    BLOCKED = "blocked"
    INTERNAL = "internal"

    @property
    def label(self) -> str:
        """Say it in a word or two, where a sentence has no place."""
        return _LABELS[self]


_LABELS = {
    Reason.OK: "OK",
    Reason.SLOW: "Slow",
    Reason.TIMEOUT: "Timeout",
    Reason.DNS: "DNS",
    Reason.CONNECT: "No connection",
    Reason.TLS: "TLS",
    Reason.PROTOCOL: "Protocol error",
    Reason.REDIRECT: "Redirect",
    Reason.HTTP_STATUS: "HTTP status",
    Reason.CONTENT: "Content",
    Reason.TOO_LARGE: "Too large",
    Reason.BLOCKED: "Blocked",
    Reason.INTERNAL: "Not judged",
}


class Fault(Enum):
    """One way in which a check goes wrong: its reason and its sentence.

    The names in braces are the facts that whoever reports the fault must give.
    """

    TIMEOUT_DNS = Reason.TIMEOUT, "no answer within {timeout_s:g} s: still looking up {host}"
    TIMEOUT_CONNECT = (
        Reason.TIMEOUT,
        "no answer within {timeout_s:g} s: {address} port {port} did not accept the connection",
    )
    TIMEOUT_CONNECT_ALL = (
        Reason.TIMEOUT,
        (
            "no answer within {timeout_s:g} s: none of {tried} addresses of {host} "
            "accepted a connection to port {port}"
        ),
    )
    TIMEOUT_TLS = (
        Reason.TIMEOUT,
        "no answer within {timeout_s:g} s: {address} port {port} did not finish the TLS handshake",
    )
    TIMEOUT_WAIT = (
        Reason.TIMEOUT,
        (
            "no answer within {timeout_s:g} s: connected to {address} port {port}, "
            "which did not send a complete response header"
        ),
    )
    TIMEOUT_TRANSFER = (
        Reason.TIMEOUT,
        "no complete answer within {timeout_s:g} s: the body had not ended after {size} bytes",
    )

    HOST_UNKNOWN = Reason.DNS, "the name {host} does not exist in DNS"
    HOST_WITHOUT_ADDRESS = Reason.DNS, "the name {host} exists in DNS but has no address"
    DNS_FAILED = Reason.DNS, "looking up {host} failed: {detail}"

    REFUSED = Reason.CONNECT, "connection refused by {address} port {port}"
    UNREACHABLE = Reason.CONNECT, "no route to {address} port {port}: {detail}"
    CONNECT_FAILED = Reason.CONNECT, "could not connect to {address} port {port}: {detail}"

    TLS_EXPIRED = Reason.TLS, "{which} of {host} {when}"
    TLS_NOT_YET_VALID = Reason.TLS, "{which} of {host} is not valid before {moment}"
    TLS_WRONG_HOST = Reason.TLS, "certificate is for {names}, not for {host}"
    TLS_SELF_SIGNED = Reason.TLS, "certificate of {host} is self-signed"
    TLS_UNTRUSTED = Reason.TLS, "certificate of {host} is not trusted: {detail}"
    TLS_NOT_TLS = Reason.TLS, "{address} port {port} does not speak TLS"
    TLS_FAILED = Reason.TLS, "TLS handshake with {address} port {port} failed: {detail}"
    TLS_CLOSED = Reason.TLS, "{address} port {port} closed the connection during the TLS handshake"
    TLS_CLIENT_WANTED = Reason.TLS, "{address} port {port} requires a client certificate{detail}"
    TLS_CLIENT_REFUSED = (
        Reason.TLS,
        "{address} port {port} refused the client certificate: {detail}",
    )
    TLS_EXPIRES_SOON = Reason.TLS, "{answer}; {which} {when}"

    CLOSED_EARLY = (
        Reason.PROTOCOL,
        "{address} port {port} closed the connection without sending a response",
    )
    RESET = Reason.PROTOCOL, "{address} port {port} reset the connection {when}"
    INCOMPLETE_BODY = (
        Reason.PROTOCOL,
        "the connection closed in the middle of the body, after {size} bytes",
    )
    NOT_HTTP = Reason.PROTOCOL, "the answer of {address} port {port} is not HTTP: {detail}"
    BAD_ENCODING = Reason.PROTOCOL, "the body could not be decoded as {encoding}: {detail}"
    HEADERS_TOO_LARGE = Reason.PROTOCOL, "the response header is larger than {limit}"

    TOO_MANY_REDIRECTS = Reason.REDIRECT, "more than {limit} redirects, the last one to {url}"
    REDIRECT_LOOP = Reason.REDIRECT, "redirect loop: back to {url}"
    REDIRECT_BAD = Reason.REDIRECT, "redirected to {url}, which cannot be followed: {detail}"

    UNEXPECTED_STATUS = Reason.HTTP_STATUS, "{answer} (expected {expected})"

    KEYWORD_MISSING = Reason.CONTENT, "{answer}, but the body does not contain “{keyword}”{found}"
    KEYWORD_PRESENT = (
        Reason.CONTENT,
        "{answer}, but the body contains “{keyword}”, which must not be there",
    )
    PATTERN_MISSING = Reason.CONTENT, "{answer}, but nothing in the body matches {pattern}{found}"
    HEADER_MISSING = Reason.CONTENT, "{answer}, but there is no header {name}"
    HEADER_DIFFERS = (
        Reason.CONTENT,
        "{answer}, but the header {name} is “{found}”, expected “{expected}”",
    )
    NOT_JSON = Reason.CONTENT, "{answer}, but the body is not JSON{found}"
    JSON_PATH_MISSING = Reason.CONTENT, "{answer}, but {path} is missing from the JSON body"
    JSON_DIFFERS = (
        Reason.CONTENT,
        "{answer}, but {path} is {found}{among}, expected {comparison} {expected}",
    )

    TOO_LARGE = (
        Reason.TOO_LARGE,
        "{answer}, but the first {limit} of the body were not enough to judge it",
    )
    PATTERN_TOO_MUCH_WORK = (
        Reason.TOO_LARGE,
        "{answer}, but {pattern} takes more work on a body of this size than a check may do",
    )
    JSON_TOO_LARGE = Reason.TOO_LARGE, "{answer}, but the JSON is larger than the 8 MiB it may have"
    JSON_TOO_DEEP = (
        Reason.CONTENT,
        "{answer}, but the body is not JSON that can be read: it is nested too deeply",
    )
    JSON_TOO_MUCH_WORK = (
        Reason.TOO_LARGE,
        "{answer}, but {path} takes more work on this body than a check may do: be more exact",
    )
    BLOCKED = Reason.BLOCKED, "{host} resolves to {address}, which is not allowed"
    BLOCKED_ADDRESS = Reason.BLOCKED, "{address} is not an allowed address"
    SLOW = Reason.SLOW, "{answer} after {elapsed_ms:.0f} ms, slower than {limit_ms:g} ms"

    # Of our own side: none of these says anything about the target, which is not judged.
    INTERNAL = Reason.INTERNAL, "the check itself failed ({detail}); the service was not judged"
    SET_ASIDE = (
        Reason.INTERNAL,
        "not checked: this check froze the checker, and is not run until its settings change",
    )
    UNREADABLE = Reason.INTERNAL, "not checked: {detail}"
    NO_SOCKET = Reason.INTERNAL, "the checker cannot open a connection: {detail}"
    NO_WAY_OUT = (
        Reason.INTERNAL,
        "the checker's own machine has no route to {address} port {port}: {detail}",
    )
    NO_NAME_SERVER = (
        Reason.INTERNAL,
        "the name server that the checker's own machine uses does not answer: {detail}",
    )
    NOT_STORED = Reason.INTERNAL, "the database does not take what this check found: {detail}"
    STALLED = (
        Reason.INTERNAL,
        "the checker itself was stalled for {stalled_s:.1f} s of this check: {otherwise}",
    )
    CUT_OFF = (
        Reason.INTERNAL,
        "the monitor itself seems to be cut off: no canary answered ({otherwise})",
    )
    NAMES_CUT_OFF = (
        Reason.INTERNAL,
        (
            "the monitor itself seems to be cut off from its name server: "
            "no canary was found by its name ({otherwise})"
        ),
    )

    def __init__(self, reason: Reason, sentence: str) -> None:
        self.reason = reason
        self.sentence = sentence

    @property
    def is_ours(self) -> bool:
        """Whether it happened on our own side."""
        return self.reason is Reason.INTERNAL


@dataclass(frozen=True, slots=True)
class Failure:
    """A fault that happened, with the facts its sentence needs."""

    fault: Fault
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> Reason:
        return self.fault.reason

    @property
    def message(self) -> str:
        """The plain sentence. Raises KeyError when a fact is missing."""
        return self.fault.sentence.format(**self.facts)
