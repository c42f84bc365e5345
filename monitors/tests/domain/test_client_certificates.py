"""What is a client's certificate, what is its key, and what is neither."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from monitors.domain.client_certificates import check_pair, parse_certificates, parse_key
from monitors.domain.spec import BadSetting
from monitors.tests.chains import intermediate, leaf, root

MINE = leaf(intermediate(root(), "Clients"))
OTHER = leaf(root())
NOT_A_KEY = "Not a valid PEM private key (-----BEGIN PRIVATE KEY----- …)."
NOT_A_CERTIFICATE = "Not a valid PEM certificate (-----BEGIN CERTIFICATE----- …)."


def pem(key: rsa.RSAPrivateKey | x25519.X25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_a_certificate_may_bring_its_chain_and_their_comments_are_dropped() -> None:
    typed = f"Bag Attributes\n  friendlyName: Ádám\n{MINE.chain_pem}".replace("\n", "\r\n")
    assert parse_certificates(typed) == MINE.chain_pem.strip()
    assert parse_certificates(parse_certificates(typed)) == parse_certificates(typed)
    check_pair(parse_certificates(typed), MINE.key_pem())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nonsense", NOT_A_CERTIFICATE),
        (MINE.pem.replace("CERTIFICATE", "CERT"), NOT_A_CERTIFICATE),
        pytest.param(MINE.pem[:200], NOT_A_CERTIFICATE, id="cut off"),
        (MINE.pem.replace("MII", "MIJ", 1), NOT_A_CERTIFICATE),
        (
            MINE.pem + MINE.key_pem(),
            "There is a private key in this text. Put it into the field for the key.",
        ),
        (
            MINE.key_pem("secret"),
            "There is a private key in this text. Put it into the field for the key.",
        ),
    ],
)
def test_what_is_no_certificate_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadSetting) as refused:
        parse_certificates(text)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nonsense", NOT_A_KEY),
        (MINE.pem, NOT_A_KEY),
        pytest.param(MINE.key_pem()[:100], NOT_A_KEY, id="cut off"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", NOT_A_KEY),
        (
            MINE.key_pem("secret"),
            (
                "This key is encrypted. Give it without a passphrase, as from "
                "“openssl pkey -in key.pem -out plain.pem”."
            ),
        ),
        (pem(x25519.X25519PrivateKey.generate()), "A key of this kind cannot be used for TLS."),
    ],
)
def test_what_is_no_key_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadSetting) as refused:
        parse_key(text)
    assert str(refused.value) == sentence


def test_a_key_may_come_in_the_forms_that_openssl_writes() -> None:
    ec_parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    old = MINE.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    for text in (MINE.key_pem(), old.decode(), ec_parameters + old.decode()):
        check_pair(MINE.pem, text)


def test_a_key_that_belongs_to_another_certificate_is_refused() -> None:
    with pytest.raises(BadSetting, match="does not belong to the certificate"):
        check_pair(MINE.chain_pem, OTHER.key_pem())
    with pytest.raises(BadSetting, match="belongs to a later certificate"):
        check_pair(OTHER.pem + MINE.pem, MINE.key_pem())
