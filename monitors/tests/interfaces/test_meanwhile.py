"""Several people change one service at the same time: nobody's change is lost unsaid."""

import html
from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from monitors.actions import services
from monitors.actions.api_keys import issue
from monitors.models import Service
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service
from monitors.tests.views.test_services import form

pytestmark = pytest.mark.django_db

URL = "https://shop.example/"
JSON = "application/json"
ROUNDS = 8


def opened(client: Client, service: Service) -> dict[str, Any]:
    """Give what a browser would send of the page's form, opened now."""
    shown = client.get(f"/services/{service.pk}/edit/").context["form"]
    hidden = {field.name: field.value() for field in shown.hidden_fields()}
    return form(name=service.name) | hidden


def test_a_form_does_not_tell_equal_secrets_of_two_services(signed_in: Client) -> None:
    one, other = (a_service(username="ada", password="the same") for _ in range(2))
    digests = [
        dict(part.partition(":")[::2] for part in opened(signed_in, service)["seen"].split())
        for service in (one, other)
    ]
    assert digests[0]["password"] != digests[1]["password"]
    assert opened(signed_in, one)["seen"].split() == opened(signed_in, one)["seen"].split()


def sent(client: Client, service: Service, given: dict[str, Any]) -> Any:
    return client.post(f"/services/{service.pk}/edit/", given)


def side_by_side(*jobs: Callable[[], object]) -> None:
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        try:
            barrier.wait()
            job()
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def patcher(service: Service, key: str, change: dict[str, Any]) -> Callable[[], object]:
    client = Client(headers={"Authorization": f"Bearer {key}"})
    return lambda: client.patch(f"/api/v1/services/{service.pk}/", change, JSON)


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_by_the_api_are_both_kept() -> None:
    service, key = a_service(), issue("k", NOON)
    for number in range(2, 2 + ROUNDS):
        words = f"ok {number}"
        side_by_side(
            patcher(service, key, {"interval_s": number}),
            patcher(service, key, {"keyword": words, "tags": [words]}),
            patcher(service, key, {"paused": number % 2 == 0}),
        )
        service.refresh_from_db()
        assert (service.interval_s, service.keyword, service.paused) == (
            number,
            words,
            number % 2 == 0,
        )
        assert [tag.name for tag in service.tags.all()] == [words]


@pytest.mark.django_db(transaction=True)
def test_settings_that_exclude_each_other_cannot_both_get_in() -> None:
    service, key = a_service(), issue("k", NOON)
    for _ in range(ROUNDS):
        services.edit(service.pk, {"username": "", "bearer_token": ""}, None, NOON)
        side_by_side(
            patcher(service, key, {"username": "ada"}),
            patcher(service, key, {"bearer_token": "t"}),
        )
        service.refresh_from_db()
        assert bool(service.username) != bool(service.bearer_token)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "statuses"),
    [("/services/{}/edit/", [302, 409]), ("/admin/monitors/service/{}/change/", [200, 302])],
)
def test_of_two_forms_sent_at_once_one_is_told(user: User, path: str, statuses: list[int]) -> None:
    service = a_service(name="Shop", url=URL)
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(user)
    for number in range(ROUNDS):
        given = opened(clients[0], service)
        found: list[int] = []

        def save(client: Client, change: dict[str, Any]) -> None:
            answer = client.post(path.format(service.pk), given | change)  # noqa: B023
            found.append(answer.status_code)  # noqa: B023

        side_by_side(
            partial(save, clients[0], {"interval_s": 100 + number}),
            partial(save, clients[1], {"keyword": f"ok {number}"}),
        )
        assert sorted(found) == statuses


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/services/add/", "/admin/monitors/service/add/"])
def test_of_one_address_added_twice_at_once_one_is_refused(user: User, path: str) -> None:
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(user)
    for number in range(ROUNDS):
        given = form(url=f"https://n{number}.example/")
        side_by_side(*(partial(client.post, path, given) for client in clients))
        assert Service.objects.count() == number + 1


def test_a_form_that_was_opened_before_a_change_says_what_has_changed(signed_in: Client) -> None:
    service = a_service(name="Shop", url=URL)
    given = opened(signed_in, service) | {"keyword": "mine"}
    theirs = {"interval_s": 30, "keyword": "theirs", "verify_tls": False, "bearer_token": "t0k"}
    services.edit(service.pk, theirs, ["web"], noon_plus(1))
    answer = sent(signed_in, service, given)
    assert answer.status_code == 409
    assert list(answer.context["form"].non_field_errors()) == [
        (
            "Somebody else changed this service while you edited it. "
            "Look at what has changed, then save again."
        ),
        "Check every: now 30 s.",
        "Bearer token: changed.",
        "Verify TLS certificate: now off.",
        "Body must contain: now “theirs”. You typed something else, which is kept.",
        "Tags: now web.",
    ]
    page = html.unescape(answer.content.decode())
    assert "Check every: now 30 s." in page
    assert "t0k" not in page
    assert Service.objects.get().keyword == "theirs"


def test_sent_again_the_form_wins_where_somebody_typed_and_nowhere_else(
    signed_in: Client,
) -> None:
    service = a_service(name="Shop", url=URL)
    given = opened(signed_in, service) | {"keyword": "mine"}
    theirs = {"interval_s": 30, "keyword": "theirs", "verify_tls": False, "bearer_token": "t0k"}
    services.edit(service.pk, theirs, ["web"], noon_plus(1))
    shown = sent(signed_in, service, given).context["form"]
    again = {field.html_name: field.value() for field in shown}
    ticked = {name: value for name, value in again.items() if value not in {None, False}}
    assert sent(signed_in, service, ticked).status_code == 302
    found = Service.objects.get()
    assert (found.keyword, found.interval_s, found.verify_tls, found.bearer_token) == (
        "mine",
        30,
        False,
        "t0k",
    )
    assert [tag.name for tag in found.tags.all()] == ["web"]


def test_a_form_does_not_resume_what_was_paused_meanwhile(signed_in: Client) -> None:
    service = a_service(name="Shop", url=URL)
    given = opened(signed_in, service) | {"name": "New"}
    services.pause(service.pk, noon_plus(1))
    answer = sent(signed_in, service, given)
    assert answer.status_code == 409
    assert list(answer.context["form"].non_field_errors())[1:] == ["Paused: now on."]
    assert Service.objects.get().paused is True


def test_what_was_changed_and_changed_back_is_no_conflict(signed_in: Client) -> None:
    service = a_service(name="Shop", url=URL)
    given = opened(signed_in, service) | {"name": "New"}
    services.pause(service.pk, noon_plus(1))
    services.resume(service.pk, noon_plus(2))
    assert sent(signed_in, service, given).status_code == 302


def test_saving_a_form_as_it_was_opened_changes_nothing(signed_in: Client) -> None:
    service = a_service(name="Shop", url=URL, tags=["web"])
    sent(signed_in, service, opened(signed_in, service) | {"tags": "web"})
    assert Service.objects.get().revision == service.revision


def test_a_field_with_an_error_keeps_what_was_typed(signed_in: Client) -> None:
    service = a_service(name="Shop", url=URL)
    given = opened(signed_in, service) | {"interval_s": "often"}
    services.edit(service.pk, {"interval_s": 30}, None, noon_plus(1))
    answer = sent(signed_in, service, given)
    assert (answer.status_code, answer.context["form"]["interval_s"].value()) == (409, "often")


@pytest.mark.parametrize("hidden", [{"known_revision": "x"}, {"seen": "no digest:at all"}])
def test_a_form_with_nonsense_in_its_hidden_fields_is_answered(
    signed_in: Client, hidden: dict[str, str]
) -> None:
    service = a_service(name="Shop", url=URL)
    given = opened(signed_in, service) | {"known_revision": "999"} | hidden
    assert sent(signed_in, service, given).status_code in {302, 409, 422}


def test_what_was_deleted_meanwhile_is_not_found(signed_in: Client) -> None:
    service = a_service(name="Shop", url=URL)
    given = opened(signed_in, service)
    services.delete(service.pk, noon_plus(1))
    assert sent(signed_in, service, given).status_code == 404
    for path in ("pause", "delete"):
        assert signed_in.post(f"/services/{service.pk}/{path}/").status_code == 404


def test_the_admin_says_what_has_changed(signed_in: Client) -> None:
    service = a_service(name="Shop", url=URL)
    path = f"/admin/monitors/service/{service.pk}/change/"
    shown = signed_in.get(path).content.decode()
    assert 'name="known_revision" value="1"' in shown
    given = opened(signed_in, service) | {"keyword": "mine"}
    services.edit(service.pk, {"interval_s": 30}, None, noon_plus(1))
    answer = signed_in.post(path, given)
    assert "Check every: now 30 s." in answer.content.decode()
    assert Service.objects.get().keyword == ""
    again = given | {"known_revision": 2, "interval_s": 30}
    assert signed_in.post(path, again).status_code == 302
    assert (Service.objects.get().keyword, Service.objects.get().interval_s) == ("mine", 30)


def test_the_api_refuses_a_change_of_an_older_revision(api: Client) -> None:
    service = a_service()
    path = f"/api/v1/services/{service.pk}/"
    known = api.get(path).json()["revision"]
    assert api.patch(path, {"keyword": "a", "revision": known}, JSON).status_code == 200
    answer = api.patch(path, {"keyword": "b", "revision": known}, JSON)
    sentence = f"The service was changed: it is at revision {known + 1} now."
    assert (answer.status_code, answer.json()) == (
        409,
        {"error": {"code": "conflict", "message": sentence, "fields": {"revision": sentence}}},
    )
    assert api.patch(path, {"keyword": "b", "revision": known + 1}, JSON).json()["revision"] == 3


def test_a_change_of_what_is_not_there_is_not_found(api: Client) -> None:
    assert api.patch("/api/v1/services/999/", {"name": "x"}, JSON).status_code == 404
    assert api.delete("/api/v1/services/999/").status_code == 404
