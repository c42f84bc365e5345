"""What the settings of a service may be."""

import pytest
import trustme

from monitors.interfaces.forms.service import ServiceForm

pytestmark = pytest.mark.django_db


def errors(**settings: str) -> dict[str, list[str]]:
    form = ServiceForm({"name": "A", "url": "http://a.example/"} | settings)
    return {name: [str(error) for error in found] for name, found in form.errors.items()}


@pytest.mark.parametrize(
    "given",
    [
        {"headers": "Host: a.example\nhost: b.example"},
        {"headers": "Host: a.example", "secret_headers": "HOST: a.example"},
    ],
)
def test_a_host_is_named_once(given: dict[str, str]) -> None:
    assert errors(**given) == {"headers": ["Give one Host header."]}
    assert errors(headers="Host: a.example\nX-Host: b.example") == {}


@pytest.fixture(scope="module")
def certificate() -> str:
    return trustme.CA().cert_pem.bytes().decode()


def test_a_bundle_may_have_comments_beyond_ascii(certificate: str) -> None:
    assert errors(ca_bundle=f"# Főtanúsítvány\n{certificate}") == {}


@pytest.mark.parametrize(
    "damage",
    [("A", "*"), ("END", "ENDE"), ("CERTIFICATE", "PRIVATE KEY"), ("-----BEGIN", " -----BEGIN")],
)
def test_a_bundle_that_openssl_cannot_load_is_refused(
    certificate: str, damage: tuple[str, str]
) -> None:
    bundle = "# mine\n" + certificate.replace(*damage)
    sentence = "These are no PEM certificates (-----BEGIN CERTIFICATE----- …)."
    assert errors(ca_bundle=bundle) == {"ca_bundle": [sentence]}
