"""What the errors of a handshake mean, in words that somebody can act on."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from monitors.domain.certificates import Link, expiry, links
from monitors.domain.observation import Certificate
from monitors.domain.reasons import Failure, Fault

from .connecting import Endpoint

# OpenSSL, include/openssl/x509_vfy.h
_NOT_YET_VALID = 9
_EXPIRED = 10
_SELF_SIGNED = 18
_WRONG_NAME = {62, 64}  # host name, IP address
_NO_ISSUER = {2, 19, 20, 21}
_UNTRUSTED = {
    _EXPIRED: "it or one of its issuers has expired",
    _NOT_YET_VALID: "it or one of its issuers is not valid yet",
    23: "it is revoked",
    24: "an issuer in its chain is not an authority",
    25: "its chain is longer than an issuer allows",
    26: "it is not meant for servers",
    66: "its key is too short",
    67: "the key of an issuer in its chain is too short",
    68: "its chain is signed with an outdated algorithm",
}
_PLAIN_TEXT = {
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
    "UNEXPECTED_MESSAGE",
    "BAD_RECORD_TYPE",
    "HTTPS_PROXY_REQUEST",
}
_ALERT = re.compile(r"(?:SSLV3|TLSV1|TLSV13)_(?:ALERT_)?(.+)")
_FAILED = {
    "UNSUPPORTED_PROTOCOL": "the server speaks only TLS versions older than 1.2",
    "PROTOCOL_VERSION": "the server does not accept TLS 1.2 or 1.3",
    "HANDSHAKE_FAILURE": "the server refused it (handshake failure)",
    "UNRECOGNIZED_NAME": "the server does not know the name {name}",
    "INTERNAL_ERROR": "the server reported an internal error",
    "DH_KEY_TOO_SMALL": "the Diffie-Hellman key of the server is too short",
    "UNSAFE_LEGACY_RENEGOTIATION_DISABLED": "the server supports only insecure renegotiation",
}
# Alerts of a server that can only be about the certificate of its client (RFC 8446, 6.2).
_ABOUT_THE_CLIENT = {
    "CERTIFICATE_REQUIRED": "none was sent that it can use",
    "NO_CERTIFICATE": "none was sent that it can use",
    "BAD_CERTIFICATE": "it is damaged or of the wrong kind",
    "UNSUPPORTED_CERTIFICATE": "it is of a kind that the server does not support",
    "CERTIFICATE_REVOKED": "it is revoked",
    "CERTIFICATE_EXPIRED": "it has expired",
    "CERTIFICATE_UNKNOWN": "no reason given",
    "UNKNOWN_CA": "it is not from an authority that the server trusts",
    "ACCESS_DENIED": "access denied",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom a handshake was with, and what was asked of it."""

    endpoint: Endpoint
    name: str
    """That the certificate is to be for."""
    offers_certificate: bool = False
    """Whether a client's certificate is there for a server that asks."""

    @property
    def where(self) -> dict[str, str | int]:
        return {"address": self.endpoint.address, "port": self.endpoint.port}


def unverified(
    error: ssl.SSLCertVerificationError, host: str, shown: Certificate | None, now: datetime
) -> Failure:
    """Say what is wrong with a certificate; `shown` is the one in question, where it is known."""
    code = error.verify_code
    if code == _SELF_SIGNED:
        return _failure(Fault.TLS_SELF_SIGNED, host=host)
    if shown is not None and code in _WRONG_NAME:
        return _failure(Fault.TLS_WRONG_HOST, host=host, names=_listed(shown.names))
    if code == _EXPIRED and (old := _first(shown, lambda link: link.not_after <= now)):
        when = expiry(old.not_after, now)
        return _failure(Fault.TLS_EXPIRED, which=old.which, host=host, when=when)
    if code == _NOT_YET_VALID and (new := _first(shown, lambda link: link.not_before > now)):
        moment = f"{new.not_before.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return _failure(Fault.TLS_NOT_YET_VALID, which=new.which, host=host, moment=moment)
    detail = _no_issuer(shown) if shown is not None and code in _NO_ISSUER else ""
    detail = detail or _UNTRUSTED.get(code) or error.verify_message
    return _failure(Fault.TLS_UNTRUSTED, host=host, detail=detail)


def _first(shown: Certificate | None, is_wrong: Callable[[Link], bool]) -> Link | None:
    """Give the lowest certificate of a chain with which something is wrong."""
    return next(filter(is_wrong, links(shown)), None) if shown is not None else None


def _no_issuer(shown: Certificate) -> str:
    if not shown.issuers:
        missing = "or the server does not send an intermediate certificate"
        return f"its issuer “{shown.issuer}” is not a trusted authority, {missing}"
    last = shown.issuers[-1]
    if last.is_root:
        return f"its root certificate “{last.name}” is not trusted"
    return f"“{last.name}” in its chain is not from a trusted authority"


def failed(error: ssl.SSLError, peer: Peer) -> Failure:
    """Say what went wrong in a handshake that did not fail over the server's certificate."""
    reason = (error.reason or "").upper()
    if reason in _PLAIN_TEXT:
        return _failure(Fault.TLS_NOT_TLS, **peer.where)
    alert = alert_of(error)
    if alert in _ABOUT_THE_CLIENT:
        return about_the_client(alert, peer)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError) or "EOF" in reason:
        return _failure(Fault.TLS_CLOSED, **peer.where)
    detail = _FAILED.get(alert, alert.replace("_", " ").lower() or "no reason given")
    return _failure(Fault.TLS_FAILED, **peer.where, detail=detail.format(name=peer.name))


def alert_of(error: ssl.SSLError) -> str:
    """Give what an error is about, without the TLS version it was first defined for."""
    reason = (error.reason or "").upper()
    match = _ALERT.fullmatch(reason)
    return match[1] if match else reason


def is_about_the_client(error: ssl.SSLError) -> bool:
    """Tell whether the server says that something is wrong with our certificate, or its absence."""
    return alert_of(error) in _ABOUT_THE_CLIENT


def about_the_client(alert: str, peer: Peer) -> Failure:
    """Say that a server wants a certificate, or another one; its `alert` may be empty."""
    if peer.offers_certificate:
        detail = _ABOUT_THE_CLIENT.get(alert, "it closed the connection")
        return _failure(Fault.TLS_CLIENT_REFUSED, **peer.where, detail=detail)
    detail = "" if alert else ": it asked for one and closed the connection"
    return _failure(Fault.TLS_CLIENT_WANTED, **peer.where, detail=detail)


def _failure(fault: Fault, **facts: str | int) -> Failure:
    return Failure(fault, facts)


def _listed(names: tuple[str, ...], shown: int = 3) -> str:
    more = len(names) - shown
    listed = ", ".join(names[:shown]) or "no name"
    return f"{listed} and {more} more" if more > 0 else listed
