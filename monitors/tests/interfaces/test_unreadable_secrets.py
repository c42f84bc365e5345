"""SECRET_KEY has changed: every door tells it, and none writes over what is stored."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from monitors.actions.api_keys import issue
from monitors.models import Service, ServiceStatus
from monitors.models.fields import secret_fields
from monitors.tests.factories import a_service
from monitors.tests.local_server import LocalServer
from monitors.tests.stored_secrets import in_database, with_secrets
from monitors.tests.views.test_services import form

pytestmark = pytest.mark.django_db

NAMES = list(secret_fields(Service))
WORDS = "cannot be read: SECRET_KEY has changed."


@pytest.fixture
def service(settings: Any, client: Client, user: Any) -> Service:
    # Not both a user name and a token: the form allows one of them.
    made = with_secrets(bearer_token="", url="https://shop.example/")
    settings.SECRET_KEY = "another"
    client.force_login(user)
    return made


def by_page(client: Client, service: Service, **changes: Any) -> int:
    given = form(username="ada", **changes)
    return client.post(f"/services/{service.pk}/edit/", given).status_code


def by_admin(client: Client, service: Service, **changes: Any) -> int:
    path = f"/admin/monitors/service/{service.pk}/change/"
    return client.post(path, form(username="ada", **changes)).status_code


def by_api(client: Client, service: Service, **changes: Any) -> int:
    path = f"/api/v1/services/{service.pk}/"
    key = client.post("/accounts/keys/", {"name": "k"}).context["new_key"]
    headers = {"Authorization": f"Bearer {key}"}
    return client.patch(path, changes, "application/json", headers=headers).status_code


DOORS = pytest.mark.parametrize("door", [by_page, by_admin, by_api])


@DOORS
def test_an_edit_of_other_settings_leaves_the_stored_bytes(
    client: Client, service: Service, door: Callable[..., int]
) -> None:
    before = in_database()
    assert door(client, service, name="New", interval_s=77) in {200, 302}
    found = Service.objects.get()
    assert (found.name, found.interval_s, in_database()) == ("New", 77, before)
    assert list(found.unreadable_secrets) == [name for name in NAMES if name != "bearer_token"]


def test_pausing_and_retagging_leave_the_stored_bytes(client: Client, service: Service) -> None:
    before = in_database()
    client.post(f"/services/{service.pk}/pause/", {"paused": "on"})
    by_api(client, service, tags=["web"], paused=False)
    assert in_database() == before


@DOORS
def test_a_new_value_replaces_it(
    client: Client, service: Service, door: Callable[..., int]
) -> None:
    assert door(client, service, name="New", password="fresh") in {200, 302}
    found = Service.objects.get()
    assert found.password == "fresh"
    assert list(found.unreadable_secrets) == ["headers", "secret_headers", "client_key"]


@DOORS
def test_what_cannot_be_read_is_forgotten_on_demand(
    client: Client, service: Service, door: Callable[..., int]
) -> None:
    assert door(client, service, name="New", forget_secrets=True) in {200, 302}
    found = Service.objects.get()
    assert (found.unreadable_secrets, in_database()) == ({}, ("",) * len(NAMES))


def test_the_page_and_the_form_say_it(client: Client, service: Service) -> None:
    shown = client.get(f"/services/{service.pk}/").content.decode()
    assert shown.count(WORDS) == 4
    edited = client.get(f"/services/{service.pk}/edit/").content.decode()
    assert edited.count(WORDS) == 4
    assert "Unreadable" not in shown + edited
    assert client.get(f"/admin/monitors/service/{service.pk}/change/").status_code == 200
    assert client.get("/").status_code == 200


def test_the_api_says_it(client: Client, service: Service) -> None:
    key = client.post("/accounts/keys/", {"name": "k"}).context["new_key"]
    bearer = {"Authorization": f"Bearer {key}"}
    found = client.get(f"/api/v1/services/{service.pk}/", headers=bearer).json()
    assert found["unreadable_secrets"] == ["headers", "secret_headers", "password", "client_key"]
    assert (found["has_password"], found["has_bearer_token"]) == (True, False)
    assert (found["header_names"], found["secret_header_names"]) == ([], [])
    assert client.get("/api/v1/services/", headers=bearer).json() == [found]


def test_a_test_of_the_form_says_it(client: Client, service: Service) -> None:
    answer = client.post(f"/services/{service.pk}/edit/", form(username="ada", test="1"))
    assert answer.status_code == 422
    assert "The stored request headers cannot be read" in answer.content.decode()


def test_taking_the_user_name_away_takes_an_unreadable_password_along(
    client: Client, service: Service
) -> None:
    client.post(f"/services/{service.pk}/edit/", form(username=""))
    assert Service.objects.get().password == ""


def test_a_password_without_a_user_name_is_left_alone_too(client: Client, service: Service) -> None:
    Service.objects.update(username="")
    before = in_database()
    by_api(client, service, name="New")
    assert in_database() == before


@pytest.mark.django_db(transaction=True)
def test_a_check_of_it_is_not_judged_and_says_why(
    client: Client, settings: Any, target: LocalServer
) -> None:
    settings.SECRET_KEY = "of then"
    now = timezone.now()
    service = a_service(url=target.url, username="ada", password="pw", now=now)
    other = a_service(url=f"{target.url}other", now=now)
    settings.SECRET_KEY = "another"
    bearer = {"Authorization": f"Bearer {issue('k', now)}"}
    found = client.get(f"/api/v1/services/{service.pk}/status", headers=bearer).json()
    assert (found["status"], found["reason"]) == ("UNKNOWN", "internal")
    assert "The stored password cannot be read: SECRET_KEY has changed." in found["message"]
    assert target.requests == []
    call_command("check_services")
    stored = ServiceStatus.objects.order_by("pk").values_list("service", "status")
    assert sorted(stored) == [(service.pk, "UNKNOWN"), (service.pk, "UNKNOWN"), (other.pk, "UP")]
    service.refresh_from_db()
    assert service.state == "UNKNOWN"
