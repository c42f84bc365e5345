"""A client's certificate and its key, as a person gives them."""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from .spec import BadSetting

# A signature with a longer one holds up all other checks.
MAX_RSA_BITS = 8_192
_FOR_TLS = (
    rsa.RSAPrivateKey,
    ec.EllipticCurvePrivateKey,
    ed25519.Ed25519PrivateKey,
    ed448.Ed448PrivateKey,
)

Key = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
)


def parse_certificates(text: str) -> str:
    """Give the certificates of a PEM text, and nothing else of it. Raises BadSetting."""
    if "PRIVATE KEY-----" in text:
        # What stands here is shown again.
        raise BadSetting("There is a private key in this text. Put it into the field for the key.")
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in _certificates(text)).strip()


def parse_key(text: str) -> Key:
    """Read a private key in PEM. Raises BadSetting, which holds nothing of it."""
    try:
        # The check of RSA keys takes seconds; that it fits its certificate is seen without.
        key = load_pem_private_key(
            text.encode("ascii", "ignore"), None, unsafe_skip_rsa_key_validation=True
        )
    except TypeError:
        raise BadSetting(
            "This key is encrypted. Give it without a passphrase, as from "
            "“openssl pkey -in key.pem -out plain.pem”."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadSetting("Not a valid PEM private key (-----BEGIN PRIVATE KEY----- …).") from None
    if not isinstance(key, _FOR_TLS):
        raise BadSetting("A key of this kind cannot be used for TLS.")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size > MAX_RSA_BITS:
        raise BadSetting(f"This key has more than {MAX_RSA_BITS:,} bits.")
    return key


def check_pair(certificates: str, key: str) -> None:
    """See that a key belongs to the first of some certificates. Raises BadSetting."""
    public = parse_key(key).public_key()
    first, *others = _certificates(certificates)
    if first.public_key() == public:
        return
    if any(other.public_key() == public for other in others):
        raise BadSetting("This key belongs to a later certificate: put that one first.")
    raise BadSetting("This key does not belong to the certificate.")


def _certificates(text: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(text.encode("ascii", "ignore"))
    except ValueError:
        raise BadSetting("Not a valid PEM certificate (-----BEGIN CERTIFICATE----- …).") from None
