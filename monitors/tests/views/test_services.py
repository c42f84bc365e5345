import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from monitors.actions import services
from monitors.domain.result import Status
from monitors.models import Service, ServiceStatus
from monitors.tests.factories import a_service, checked
from monitors.tests.local_server import LocalServer

pytestmark = pytest.mark.django_db


def form(**changes: object) -> dict[str, object]:
    filled = {
        "name": "Shop",
        "url": "https://shop.example/",
        "method": "GET",
        "interval_s": 60,
        "timeout_s": 5,
        "expected_status": "200-299",
        "follow_redirects": "on",
        "verify_tls": "on",
        "failures_before_down": 2,
        "successes_before_up": 1,
        "retry_interval_s": 15,
        "tls_expiry_warn_days": 14,
        "json_compare": "==",
    }
    return filled | changes


def test_a_name_and_an_address_are_enough(signed_in: Client) -> None:
    signed_in.post("/services/add/", {"name": "Shop", "url": "https://shop.example/"})
    service = Service.objects.get()
    assert (service.interval_s, service.verify_tls, service.follow_redirects) == (60, True, True)


def test_an_unticked_box_is_off(signed_in: Client) -> None:
    given = form()
    del given["verify_tls"]
    signed_in.post("/services/add/", given)
    assert (Service.objects.get().verify_tls, Service.objects.get().follow_redirects) == (
        False,
        True,
    )


def test_adding_leads_to_the_service(signed_in: Client) -> None:
    answer = signed_in.post("/services/add/", form(tags="web, db,,web"), follow=True)
    service = Service.objects.get()
    assert answer.redirect_chain == [(f"/services/{service.pk}/", 302)]
    assert (service.name, service.url, service.interval_s) == ("Shop", "https://shop.example/", 60)
    assert [tag.name for tag in service.tags.all()] == ["db", "web"]
    assert "Shop is saved." in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"url": "shop"}, "url", "Begin the address with http:// or https://."),
        ({"url": "ftp://a/"}, "url", "Only http and https addresses can be checked, not “ftp”."),
        ({"url": "javascript://a/"}, "url", "Only http and https addresses can be checked"),
        ({"url": "http:///path"}, "url", "This address has no host name, like example.com."),
        ({"url": "http://a b/"}, "url", "An address has no spaces or control characters in it."),
        ({"url": "http://a:99999/"}, "url", "A port is a number from 1 to 65535."),
        ({"url": "http://" + "a" * 2_100}, "url", "at most 2048 characters"),
        ({"name": "n" * 500}, "name", "at most 200 characters"),
        ({"name": ""}, "name", "required"),
        ({"interval_s": "0"}, "interval_s", "greater than or equal to 1"),
        ({"timeout_s": "nan"}, "timeout_s", "Enter a number."),
        ({"headers": "no colon"}, "headers", "is not a header like"),
        ({"json_expected": "x"}, "json_path", "Give the path of the expected value"),
    ],
)
def test_an_error_stands_at_its_field_and_what_was_typed_is_kept(
    signed_in: Client, change: dict[str, str], field: str, sentence: str
) -> None:
    answer = signed_in.post("/services/add/", form(**change))
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert sentence in errors[field][0]
    page = answer.content.decode()
    assert sentence.partition("“")[0] in page
    (typed,) = change.values()
    assert answer.context["form"][field if field in change else next(iter(change))].value() == typed
    assert not Service.objects.exists()


def test_an_address_that_was_added_already_is_named(signed_in: Client) -> None:
    a_service(name="First", url="https://shop.example/")
    answer = signed_in.post("/services/add/", form(url="HTTPS://SHOP.example:443"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["url"] == ["“First” already monitors this URL."]


def test_markup_in_a_name_is_shown_as_text(signed_in: Client) -> None:
    service = a_service(name="<script>alert(1)</script>")
    for path in ("/", f"/services/{service.pk}/", f"/services/{service.pk}/history/"):
        page = signed_in.get(path).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_password_in_the_url_is_kept_out_of_pages(signed_in: Client) -> None:
    url = "https://ada:s3cret@shop.example/"
    shown = signed_in.post("/services/add/", form(url=url), follow=True)
    service = Service.objects.get()
    assert (service.url, service.username, service.password) == (
        "https://shop.example/",
        "ada",
        "s3cret",
    )
    pages = [shown, *(signed_in.get(f"/services/{service.pk}/{p}") for p in ("edit/", "history/"))]
    assert [b"s3cret" in page.content for page in pages] == [False, False, False]


def test_editing_keeps_a_password_that_was_left_empty(signed_in: Client) -> None:
    service = a_service(username="ada", password="pw", url="https://shop.example/")
    signed_in.post(f"/services/{service.pk}/edit/", form(name="New", username="ada"))
    service.refresh_from_db()
    assert (service.name, service.password) == ("New", "pw")


def test_taking_the_user_name_away_takes_the_password_along(signed_in: Client) -> None:
    service = a_service(username="ada", password="pw", url="https://shop.example/")
    signed_in.post(f"/services/{service.pk}/edit/", form(username=""))
    service.refresh_from_db()
    assert (service.username, service.password) == ("", "")


def test_pause_and_resume(signed_in: Client) -> None:
    service = a_service()
    path = f"/services/{service.pk}/pause/"
    signed_in.post(path, {"paused": "on"})
    assert Service.objects.get().paused is True
    signed_in.post(path, {"paused": "off"})
    assert Service.objects.get().paused is False


def test_deleting_asks_first(signed_in: Client) -> None:
    service = checked(a_service(), Status.UP, Status.DOWN)
    asked = signed_in.get(f"/services/{service.pk}/delete/")
    assert (asked.context["checks_count"], Service.objects.count()) == (2, 1)
    done = signed_in.post(f"/services/{service.pk}/delete/", follow=True)
    assert (done.redirect_chain, Service.objects.count()) == ([("/", 302)], 0)


@pytest.mark.parametrize(
    "statuses", [(), (Status.UP,), (Status.UP, Status.DOWN, Status.DOWN, Status.DEGRADED)]
)
@pytest.mark.parametrize("paused", [False, True])
def test_a_service_is_shown_in_every_state(
    signed_in: Client, statuses: tuple[Status, ...], paused: bool
) -> None:
    service = checked(a_service(paused=paused, tags=["web"]), *statuses)
    answer = signed_in.get(f"/services/{service.pk}/")
    assert answer.status_code == 200
    assert service.name in answer.content.decode()
    assert (
        signed_in.get(f"/services/{service.pk}/", headers={"HX-Request": "true"}).status_code == 200
    )


@pytest.mark.django_db(transaction=True)
def test_test_it_shows_the_verdict_and_stores_nothing(
    signed_in: Client, target: LocalServer
) -> None:
    answer = signed_in.post("/services/add/", form(url=target.url, test="1"))
    assert (answer.status_code, answer.context["trial"].status) == (200, Status.UP)
    target.status = 500
    again = signed_in.post("/services/add/", form(url=target.url, test="1"))
    assert again.context["trial"].message == ("500 Internal Server Error (expected 200-299)")
    assert "500 Internal Server Error" in again.content.decode()
    assert (Service.objects.count(), ServiceStatus.objects.count()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.usefixtures("no_place_left")
def test_one_trial_too_many_is_said(signed_in: Client, target: LocalServer) -> None:
    answer = signed_in.post("/services/add/", form(url=target.url, test="1"))
    assert (answer.status_code, answer.context["trial"]) == (503, None)
    assert "try again in a few seconds" in answer.content.decode()
    assert target.requests == []


@pytest.mark.django_db(transaction=True)
def test_trying_new_settings_uses_the_stored_password_and_changes_nothing(
    signed_in: Client, target: LocalServer
) -> None:
    service = a_service(url=target.url, now=timezone.now(), interval_s=30)
    path = f"/services/{service.pk}/edit/"
    answer = signed_in.post(path, form(url=target.url, interval_s=99, test="1"))
    assert answer.context["trial"].status is Status.UP
    assert Service.objects.get().interval_s == 30


def test_secrets_are_encrypted_never_shown_and_can_be_forgotten(signed_in: Client) -> None:
    secret = {"bearer_token": "t0ken-s3cret", "secret_headers": "X-Key: k3y-s3cret"}
    signed_in.post("/services/add/", form(**secret))
    service = Service.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT bearer_token, secret_headers FROM monitors_service")
        stored = " ".join(cursor.fetchone())
    assert "s3cret" not in stored
    spec = service.check_spec()
    assert (spec.bearer_token, spec.secret_headers) == ("t0ken-s3cret", (("X-Key", "k3y-s3cret"),))
    assert "s3cret" not in repr(spec)
    edit = f"/services/{service.pk}/edit/"
    for path in (edit, f"/services/{service.pk}/", f"/admin/monitors/service/{service.pk}/change/"):
        assert "s3cret" not in signed_in.get(path).content.decode()
    signed_in.post(edit, form(name="New"))
    service.refresh_from_db()
    assert (service.name, service.bearer_token) == ("New", "t0ken-s3cret")
    signed_in.post(edit, form(forget_secrets="on"))
    service.refresh_from_db()
    assert (service.bearer_token, service.secret_headers, service.password) == ("", "", "")


def test_a_clone_begins_with_the_settings_of_another_but_its_secrets(signed_in: Client) -> None:
    gateway = a_service(name="Gateway")
    signed_in.post(
        "/services/add/",
        form(interval_s=30, tags="web", bearer_token="t0ken-s3cret", depends_on="Gateway"),
    )
    service = Service.objects.get(name="Shop")
    answer = signed_in.get(f"/services/add/?like={service.pk}")
    shown = answer.context["form"]
    values = {name: shown[name].value() for name in ("name", "url", "interval_s", "tags")}
    assert values == {
        "name": "Copy of Shop",
        "url": "https://shop.example/",
        "interval_s": 30,
        "tags": "web",
    }
    assert shown["depends_on"].value() == "Gateway"
    page = answer.content.decode()
    assert "s3cret" not in page
    assert "Secrets of Shop are not copied; enter them anew." in page
    assert "not copied" not in signed_in.get(f"/services/add/?like={gateway.pk}").content.decode()
    same = signed_in.post(f"/services/add/?like={service.pk}", form(name="Copy of Shop"))
    assert (same.status_code, Service.objects.count()) == (422, 2)


@pytest.mark.parametrize(("like", "status"), [("999999", 404), ("x", 200), ("9" * 30, 200)])
def test_only_what_is_there_is_cloned(signed_in: Client, like: str, status: int) -> None:
    assert signed_in.get(f"/services/add/?like={like}").status_code == status


def test_the_page_has_the_check_as_a_command_without_its_secrets(signed_in: Client) -> None:
    signed_in.post("/services/add/", form(bearer_token="t0ken-s3cret", name="<b>"))
    page = signed_in.get(f"/services/{Service.objects.get().pk}/").content.decode()
    assert "Authorization: Bearer $TOKEN" in page
    assert "s3cret" not in page


def test_the_page_of_a_young_service_says_how_long_it_was_watched(signed_in: Client) -> None:
    service = checked(a_service(), Status.UP, Status.UP)
    page = signed_in.get(f"/services/{service.pk}/").content.decode()
    assert "Last 90 days of" in page
    new = a_service(now=timezone.now())
    page = signed_in.get(f"/services/{new.pk}/").content.decode()
    assert page.count("not monitored that long yet") == 4


def test_the_page_shows_its_tags_as_links_to_the_list(signed_in: Client) -> None:
    service = a_service(tags=["web & co", "api"])
    page = signed_in.get(f"/services/{service.pk}/").content.decode()
    first, second = page.index('href="/?tag=api"'), page.index('href="/?tag=web%20%26%20co"')
    assert first < second


def test_the_page_of_a_check_that_is_set_aside_says_so(signed_in: Client) -> None:
    service = a_service()
    sentence = "This check froze the checker. It is not run until its settings change"
    assert sentence not in signed_in.get(f"/services/{service.pk}/").content.decode()
    services.set_aside(service.pk, revision=service.revision)
    assert sentence in signed_in.get(f"/services/{service.pk}/").content.decode()
    checked = signed_in.post(f"/services/{service.pk}/check/", follow=True)
    assert "not checked: this check froze the checker" in checked.content.decode()
