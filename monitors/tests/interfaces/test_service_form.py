"""What the settings of a service may be."""

import pytest
import trustme

from monitors.interfaces.forms.account import ApiKeyForm
from monitors.interfaces.forms.service import ServiceForm, unchanged
from monitors.models import Service
from monitors.tests.factories import a_service

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
    sentence = "Not valid PEM certificates (-----BEGIN CERTIFICATE----- …)."
    assert errors(ca_bundle=bundle) == {"ca_bundle": [sentence]}


BREAKS = "This has a control character or a line break in it."
SECOND = "a\r\nHost: x\r\n\r\nGET / HTTP/1.1"


@pytest.mark.parametrize("text", [SECOND, "a\nb", "a\rb", "a\x7fb", "a\x1bb", "a\ud800"])
@pytest.mark.parametrize("field", ["bearer_token", "password"])
def test_a_secret_that_breaks_a_request_open_is_refused(field: str, text: str) -> None:
    more = {"username": "ada"} if field == "password" else {}
    assert errors(**{field: text}, **more) == {field: [BREAKS]}


def test_so_is_one_in_the_address() -> None:
    assert errors(url="http://a%0d%0ab:c@a.example/") == {"username": [BREAKS]}
    assert errors(url="http://a:b%0ac@a.example/") == {"password": [BREAKS]}


def test_so_is_a_user_name() -> None:
    assert errors(username=SECOND, password="b")["username"][0] == BREAKS
    assert errors(username="a:b", password="c") == {
        "username": ["A username cannot contain a colon."]
    }


def test_a_token_may_hold_what_is_no_control_character() -> None:
    assert errors(bearer_token="aü-._~+/=\u2028b c") == {}


@pytest.mark.parametrize("field", ["headers", "secret_headers"])
def test_headers_that_break_a_request_are_refused(field: str) -> None:
    assert errors(**{field: "Content-Length: 2"}) == {
        field: ["Content-Length follows from the body; leave it out."]
    }


@pytest.mark.parametrize("method", ["GET\r\n", "get", "A B", "TRACE"])
def test_a_method_is_one_of_those_offered(method: str) -> None:
    assert list(errors(method=method)) == ["method"]


@pytest.mark.parametrize("url", ["http://0x7f.1/", "http://a.0x4/", "http://ΑΣ.example/"])
def test_an_address_that_is_not_edited_keeps_its_key(url: str) -> None:
    service = a_service()
    Service.objects.filter(pk=service.pk).update(url=url, url_key="http://as-it-was.example/")
    service.refresh_from_db()
    form = ServiceForm(unchanged(service) | {"name": "B"}, instance=service)
    assert form.is_valid(), form.errors
    assert form.settings()["url_key"] == "http://as-it-was.example/"


def test_an_address_that_is_edited_gets_the_key_of_today() -> None:
    service = a_service(url="http://a.example/")
    form = ServiceForm(unchanged(service) | {"url": "http://I❤.ws"}, instance=service)
    assert form.is_valid(), form.errors
    assert form.settings()["url_key"] == "http://xn--i-7iq.ws/"


@pytest.mark.parametrize("form", [ServiceForm, ApiKeyForm])
def test_one_rule_for_all_names(form: type[ServiceForm] | type[ApiKeyForm]) -> None:
    for name, good in (("می\u200cخو\u0627\u0647م", True), ("a\u2028b", False), ("a\tb", False)):
        given = form({"name": name, "url": "http://a.example/"})
        assert given.has_error("name") is not good
