"""A client's certificate and its key, at every door."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from monitors.models import Service
from monitors.tests.chains import leaf, root
from monitors.tests.factories import a_service
from monitors.tests.views.test_services import form

pytestmark = pytest.mark.django_db
JSON = "application/json"
MINE, OTHER = leaf(root()), leaf(root())
PAIR = {"client_certificate": MINE.pem.strip(), "client_key": MINE.key_pem().strip()}
SECRET = MINE.key_pem().splitlines()[1]


def stored() -> tuple[str, Any]:
    service = Service.objects.get()
    return service.client_certificate, service.client_key


def edit(client: Client, service: Service, **changes: str) -> dict[str, list[str]]:
    """Send the form with some changes, and give what is wrong with it."""
    given = form(client_certificate=service.client_certificate, **changes)
    answer = client.post(f"/services/{service.pk}/edit/", given)
    return dict(answer.context["form"].errors) if answer.status_code == 422 else {}


@pytest.fixture
def service() -> Service:
    return a_service(url="https://shop.example/", **PAIR)


def test_the_key_is_encrypted_and_never_shown(signed_in: Client) -> None:
    typed = PAIR | {"client_key": PAIR["client_key"].replace("\n", "\r\n")}
    signed_in.post("/services/add/", form(**typed))
    service = Service.objects.get()
    assert service.client_certificate == PAIR["client_certificate"]
    assert service.check_spec().client_key.splitlines() == PAIR["client_key"].splitlines()
    assert SECRET not in repr(service.check_spec())
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_key FROM monitors_service")
        (in_database,) = cursor.fetchone()
    assert "PRIVATE" not in in_database
    page, admin = f"/services/{service.pk}", f"/admin/monitors/service/{service.pk}/change/"
    refused = signed_in.post("/services/add/", form(name="", **PAIR))
    answers = [signed_in.get(path) for path in (f"{page}/", f"{page}/edit/", admin)]
    assert refused.status_code == 422
    for answer in (*answers, refused):
        assert SECRET not in answer.content.decode()


def test_the_api_takes_both_and_gives_back_the_certificate(api: Client) -> None:
    data = {"name": "A", "url": "https://a.example/"} | PAIR
    made = api.post("/api/v1/services/", data, JSON).json()
    assert (made["client_certificate"], made["has_client_key"]) == (
        PAIR["client_certificate"],
        True,
    )
    assert SECRET not in str(made)
    path = f"/api/v1/services/{made['id']}/"
    api.patch(path, {"name": "B"}, JSON)
    assert stored() == tuple(PAIR.values())
    other = {"client_certificate": OTHER.pem, "client_key": OTHER.key_pem()}
    assert api.patch(path, other, JSON).status_code == 200
    assert stored() == (OTHER.pem.strip(), OTHER.key_pem().strip())
    gone = api.patch(path, {"client_certificate": None}, JSON).json()
    assert (gone["client_certificate"], gone["has_client_key"]) == ("", False)


def test_a_key_that_is_left_empty_is_kept(signed_in: Client, service: Service) -> None:
    assert edit(signed_in, service, name="New") == {}
    assert stored() == tuple(PAIR.values())
    assert Service.objects.get().name == "New"


def test_a_certificate_that_was_renewed_for_the_stored_key_needs_no_new_one(
    signed_in: Client, service: Service
) -> None:
    renewed = leaf(root(), key=MINE.key)
    answer = signed_in.post(f"/services/{service.pk}/edit/", form(client_certificate=renewed.pem))
    assert answer.status_code == 302
    assert stored() == (renewed.pem.strip(), PAIR["client_key"])


@pytest.mark.parametrize("change", [{"forget_secrets": "on"}, {"client_certificate": ""}])
def test_the_one_is_forgotten_with_the_other(
    signed_in: Client, service: Service, change: dict[str, str]
) -> None:
    given = form(**({"client_certificate": service.client_certificate} | change))
    signed_in.post(f"/services/{service.pk}/edit/", given)
    assert stored() == ("", "")


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"client_certificate": PAIR["client_certificate"]}, "client_key", "Enter the key of the"),
        ({"client_key": PAIR["client_key"]}, "client_certificate", "Enter the certificate of this"),
        (PAIR | {"client_key": OTHER.key_pem()}, "client_key", "does not belong to"),
        (PAIR | {"client_key": MINE.key_pem("secret")}, "client_key", "is encrypted"),
        (PAIR | {"client_certificate": "x"}, "client_certificate", "Not a valid PEM certificate"),
        (PAIR | {"client_key": "x"}, "client_key", "Not a valid PEM private key"),
        (
            {"client_certificate": PAIR["client_certificate"] + PAIR["client_key"]},
            "client_certificate",
            "There is a private key in this text",
        ),
    ],
)
def test_what_does_not_belong_together_is_refused(
    signed_in: Client, api: Client, given: dict[str, str], field: str, sentence: str
) -> None:
    page = signed_in.post("/services/add/", form(**given))
    assert list(page.context["form"].errors) == [field]
    assert sentence in page.context["form"].errors[field][0]
    answer = api.post("/api/v1/services/", {"name": "A", "url": "https://a.example/"} | given, JSON)
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == [field]
    assert "PRIVATE KEY" not in answer.json()["error"]["fields"][field].replace(
        "-----BEGIN PRIVATE KEY----- …", ""
    )


def test_a_key_that_cannot_be_read_is_left_alone_or_replaced(
    client: Client, user: Any, service: Service, settings: Any
) -> None:
    settings.SECRET_KEY = "another"
    client.force_login(user)
    assert edit(client, service, name="New") == {}
    assert Service.objects.get().name == "New"
    assert "client_key" in Service.objects.get().unreadable_secrets
    wrong = client.post(f"/services/{service.pk}/edit/", form(client_certificate=OTHER.pem))
    assert list(wrong.context["form"].errors) == ["client_key"]
    given = form(client_certificate=OTHER.pem, client_key=OTHER.key_pem())
    assert client.post(f"/services/{service.pk}/edit/", given).status_code == 302
    assert stored() == (OTHER.pem.strip(), OTHER.key_pem().strip())
