"""TLS: the shared contexts, the certificate of a connection, and what its errors mean."""

import ssl
from datetime import UTC, datetime
from functools import lru_cache

import httpx
from cryptography import x509
from cryptography.x509.oid import NameOID

from monitors.domain.observation import Certificate
from monitors.domain.reasons import Fault
from monitors.domain.wording import one_line, rough_duration

from .errors import CheckFailed

# OpenSSL, include/openssl/x509_vfy.h
_NOT_YET_VALID = 9
_EXPIRED = 10
_SELF_SIGNED = 18
_WRONG_NAME = {62, 64}  # host name, IP address
_PLAIN_TEXT = {
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
    "UNEXPECTED_MESSAGE",
    "BAD_RECORD_TYPE",
    "HTTPS_PROXY_REQUEST",
}


@lru_cache(maxsize=256)
def context(*, verify: bool, ca_bundle: str = "") -> ssl.SSLContext:
    """Give the context that all checks share: building one reads every root certificate.

    Raises ssl.SSLError when the bundle holds no certificates. Roots are those httpx trusts;
    SSL_CERT_FILE and SSL_CERT_DIR name others.
    """
    made = httpx.create_ssl_context(verify=verify)
    if ca_bundle:
        # Only ASCII may be loaded; the rest can only stand in comments.
        made.load_verify_locations(cadata=ca_bundle.encode("ascii", "ignore").decode())
    made.set_alpn_protocols(["http/1.1"])
    return made


def certificate(tls: ssl.SSLObject) -> Certificate | None:
    """Read the certificate that the server showed, verified or not."""
    der = tls.getpeercert(binary_form=True)
    if der is None:
        return None
    try:
        return _read(der)
    except Exception:  # noqa: BLE001 - OpenSSL accepts more than the parser, whose errors have no base
        return None


@lru_cache(maxsize=4_096)
def _read(der: bytes) -> Certificate:
    # Services show the same certificate check after check.
    found = x509.load_der_x509_certificate(der)
    return Certificate(
        issuer=_name(found.issuer),
        names=_names(found),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
    )


def _names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        entries = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.UnsupportedGeneralNameType, ValueError):
        return (_name(found.subject),)
    dns = map(one_line, entries.get_values_for_type(x509.DNSName))
    return (*dns, *map(str, entries.get_values_for_type(x509.IPAddress)))


def _name(name: x509.Name) -> str:
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            return one_line(str(attribute.value))
    return one_line(name.rfc4514_string())


def unverified(
    error: ssl.SSLCertVerificationError, host: str, shown: Certificate | None
) -> CheckFailed:
    """Say what is wrong with a certificate; `shown` is the one in question, where it is known."""
    code = error.verify_code
    if shown is not None and code == _EXPIRED:
        # An intermediate certificate may be the expired one.
        age_s = (datetime.now(UTC) - shown.not_after).total_seconds()
        if age_s > 0:
            return CheckFailed(Fault.TLS_EXPIRED, host=host, ago=rough_duration(age_s))
    if shown is not None and code == _NOT_YET_VALID:
        moment = f"{shown.not_before:%Y-%m-%d %H:%M} UTC"
        return CheckFailed(Fault.TLS_NOT_YET_VALID, host=host, moment=moment)
    if shown is not None and code in _WRONG_NAME:
        return CheckFailed(Fault.TLS_WRONG_HOST, host=host, names=_listed(shown.names))
    if code == _SELF_SIGNED:
        return CheckFailed(Fault.TLS_SELF_SIGNED, host=host)
    return CheckFailed(Fault.TLS_UNTRUSTED, host=host, detail=error.verify_message)


def failed(error: ssl.SSLError, address: str, port: int) -> CheckFailed:
    """Say what went wrong in a handshake that did not fail over the certificate."""
    reason = (error.reason or "").upper()
    if reason in _PLAIN_TEXT:
        return CheckFailed(Fault.TLS_NOT_TLS, address=address, port=port)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError) or "EOF" in reason:
        return CheckFailed(Fault.TLS_CLOSED, address=address, port=port)
    detail = reason.replace("_", " ").lower() or "no reason given"
    return CheckFailed(Fault.TLS_FAILED, address=address, port=port, detail=detail)


def _listed(names: tuple[str, ...], shown: int = 3) -> str:
    more = len(names) - shown
    listed = ", ".join(names[:shown]) or "no name"
    return f"{listed} and {more} more" if more > 0 else listed
