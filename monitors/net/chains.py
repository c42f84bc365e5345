"""Reads the certificates of a connection."""

import ssl
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from monitors.domain.observation import Certificate, Issuer
from monitors.domain.wording import one_line

_DER = 2
"""As _ssl.ENCODING_DER."""


def certificate(tls: ssl.SSLObject) -> Certificate | None:
    """Read the certificate that the server showed, and the chain that was built from it.

    Where certificates are not verified there is none.
    """
    verified = tls.context.verify_mode is ssl.CERT_REQUIRED
    return read(_chain(tls, "get_verified_chain") if verified else _leaf(tls))


def shown(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """Give the certificates as the server sent them, in DER."""
    return _chain(tls, "get_unverified_chain")


def _chain(tls: ssl.SSLObject, getter: str) -> tuple[bytes, ...]:
    """Ask for a chain: public from Python 3.13 on, there since 3.10. Else give the leaf alone."""
    public: Callable[[], Sequence[bytes]] | None = getattr(tls, getter, None)
    if public is not None:
        return tuple(public())
    private = getattr(cast("Any", tls)._sslobj, getter, None)  # noqa: SLF001 - see above
    found = private() if private is not None else None
    return tuple(link.public_bytes(_DER) for link in found) if found else _leaf(tls)


def _leaf(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    der = tls.getpeercert(binary_form=True)
    return () if der is None else (der,)


def read(ders: tuple[bytes, ...]) -> Certificate | None:
    """Read a chain in DER, from the leaf up, as far as it can be understood."""
    try:
        return _read(ders) if ders else None
    except Exception:  # noqa: BLE001 - OpenSSL accepts more than the parser, whose errors have no base
        return None


@lru_cache(maxsize=4_096)
def _read(ders: tuple[bytes, ...]) -> Certificate:
    # Services show the same certificates check after check.
    found = x509.load_der_x509_certificate(ders[0])
    return Certificate(
        issuer=_name(found.issuer),
        names=_names(found),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        issuers=tuple(issuer for der in ders[1:] if (issuer := _issuer(der)) is not None),
    )


@lru_cache(maxsize=1_024)
def _issuer(der: bytes) -> Issuer | None:
    try:
        found = x509.load_der_x509_certificate(der)
        return Issuer(
            name=_name(found.subject),
            is_root=found.issuer == found.subject,
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
        )
    except Exception:  # noqa: BLE001 - as in `read`
        return None


def in_order(ders: Sequence[bytes], trusting: ssl.SSLContext) -> Certificate | None:
    """Read what a server sent, in order from its leaf up, and on to what is trusted.

    A trusted certificate counts before one of the same name that was sent, as for OpenSSL.
    """
    try:
        sent = [x509.load_der_x509_certificate(der) for der in ders]
        by_name = {found.subject: found for found in reversed(sent[1:])} | anchors(trusting)
        chain = sent[:1]
        while chain and (above := by_name.pop(chain[-1].issuer, None)) not in {None, chain[-1]}:
            chain.append(above)
        return read(tuple(found.public_bytes(Encoding.DER) for found in chain))
    except Exception:  # noqa: BLE001 - as in `read`
        return read(tuple(ders[:1]))


@lru_cache(maxsize=16)
def anchors(trusting: ssl.SSLContext) -> dict[x509.Name, x509.Certificate]:
    """Give the certificates that a context trusts, by name; of several the one valid longest."""
    found = map(x509.load_der_x509_certificate, trusting.get_ca_certs(binary_form=True))
    return {each.subject: each for each in sorted(found, key=lambda each: each.not_valid_after_utc)}


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
