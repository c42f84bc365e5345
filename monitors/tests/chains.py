"""Chains of certificates as a test wants them: any name, any time of validity, any length."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2090, 1, 1, tzinfo=UTC)
LOCAL = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate with its key, and those above it, without the root."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    above: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def chain_pem(self) -> str:
        found = (self.certificate, *self.above)
        return "".join(each.public_bytes(Encoding.PEM).decode() for each in found)

    def key_pem(self, passphrase: str = "") -> str:
        protection = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection).decode()

    def serving(self, *sent: "Link") -> ssl.SSLContext:
        """Make a server that sends these above its own certificate; all where none is named."""
        above = [each.certificate for each in sent] or self.above
        return _server(self, [each.public_bytes(Encoding.PEM) for each in above])

    def serving_alone(self) -> ssl.SSLContext:
        return _server(self, [])


def root(name: str = "Zoo Root", until: datetime = FAR_AHEAD) -> Link:
    key = ec.generate_private_key(ec.SECP256R1())
    return Link(_signed(name, key, name, key, (LONG_AGO, until), authority=True), key)


def of_trustme(authority: trustme.CA) -> Link:
    """Give an authority of trustme as one that can sign what trustme does not."""
    key = authority._private_key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Link(authority._certificate, key)


def intermediate(
    above: Link, name: str = "R11", until: datetime = FAR_AHEAD, since: datetime = LONG_AGO
) -> Link:
    return _under(above, name, (since, until), authority=True)


def leaf(
    above: Link,
    *names: str,
    until: datetime = FAR_AHEAD,
    since: datetime = LONG_AGO,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Link:
    return _under(above, "leaf", (since, until), names=names or LOCAL, key=key)


def in_days(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def _under(
    above: Link,
    name: str,
    valid: tuple[datetime, datetime],
    *,
    authority: bool = False,
    names: tuple[str, ...] = (),
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Link:
    key = key or ec.generate_private_key(ec.SECP256R1())
    made = _signed(name, key, above.certificate.subject, above.key, valid, authority, names)
    is_root = above.certificate.issuer == above.certificate.subject
    return Link(made, key, () if is_root else (above.certificate, *above.above))


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str | x509.Name,
    signing: ec.EllipticCurvePrivateKey,
    valid: tuple[datetime, datetime],
    authority: bool = False,
    names: tuple[str, ...] = (),
) -> x509.Certificate:
    builder = x509.CertificateBuilder(
        _name(issuer) if isinstance(issuer, str) else issuer,
        _name(name),
        key.public_key(),
        x509.random_serial_number(),
        *valid,
    ).add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general(each) for each in names]), critical=False
        )
    return builder.sign(signing, hashes.SHA256())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _server(link: Link, above: list[bytes]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = link.certificate.public_bytes(Encoding.PEM)
    trustme.LeafCert(link.key_pem().encode(), certificate, above).configure_cert(context)
    return context
