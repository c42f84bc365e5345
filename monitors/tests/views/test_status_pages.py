"""The team's side of status pages: make, fill, change, delete, and post."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitors.domain.result import Status
from monitors.models import Incident, StatusNotice, StatusPage
from monitors.tests.factories import a_service, checked
from monitors.tests.status_pages import a_page

pytestmark = pytest.mark.django_db

GIVEN = {"title": "The shop", "slug": "Shop", "visibility": "public"}


def test_there_is_none_at_first_and_then_one_by_one(signed_in: Client) -> None:
    assert "No status page yet" in signed_in.get("/status-pages/").content.decode()
    a_page(a_service())
    shown = signed_in.get("/status-pages/").content.decode()
    assert "The shop" in shown
    assert "Published" in shown


def test_a_page_is_made_then_filled_then_published(signed_in: Client) -> None:
    first, second = a_service(name="First"), a_service(name="Second")
    given = {**GIVEN, "services": [first.pk], "others": "Second"}
    answer = signed_in.post("/status-pages/add/", given)
    page = StatusPage.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/status-pages/{page.pk}/edit/")
    assert (page.slug, page.published) == ("shop", False)
    assert [each.name for each in page.components.all()] == ["First", "Second"]
    form = signed_in.get(answer["Location"]).content.decode()
    assert f'name="name_{first.pk}"' in form
    named = {
        **GIVEN,
        "published": "on",
        "services": [first.pk, second.pk],
        f"name_{first.pk}": "Shop front",
        f"group_{first.pk}": "Web",
        f"position_{first.pk}": 2,
        f"name_{second.pk}": "Checkout",
        f"group_{second.pk}": "Web",
        f"position_{second.pk}": 1,
    }
    answer = signed_in.post(f"/status-pages/{page.pk}/edit/", named)
    assert answer["Location"] == f"/status-pages/{page.pk}/"
    names = [(each.name, each.group) for each in page.components.all()]
    assert names == [("Checkout", "Web"), ("Shop front", "Web")]
    page.refresh_from_db()
    assert page.published


def test_what_is_taken_off_a_page_takes_no_post_with_it(signed_in: Client) -> None:
    first, second = a_service(), a_service()
    page = a_page(first, second)
    component = page.components.get(service=second)
    signed_in.post(
        f"/status-pages/{page.pk}/notices/add/",
        {"title": "Slow", "components": [component.pk], "stage": "identified", "text": "Why."},
    )
    kept = {f"name_{first.pk}": "First", f"position_{first.pk}": 1}
    gone = {f"name_{second.pk}": "Second", f"position_{second.pk}": 2}
    given = {**GIVEN, "services": [first.pk], **kept, **gone}
    assert signed_in.post(f"/status-pages/{page.pk}/edit/", given).status_code == 302
    assert [each.service_id for each in page.components.all()] == [first.pk]
    assert StatusNotice.objects.get().posts.count() == 1


@pytest.mark.parametrize(
    ("changed", "field", "status", "sentence"),
    [
        ({"slug": "a b"}, "slug", 422, "Use small letters, digits and single hyphens"),
        ({"slug": "taken"}, "slug", 409, "Another page has this address."),
        ({"accent": "#ffff00"}, "accent", 422, "Use a darker colour"),
        ({"accent": "red"}, "accent", 422, "Use a colour like #1f5f7a."),
        ({"title": "\u202eback"}, "title", 422, "A name ends every change of its direction"),
        ({"services": ["999999"]}, "services", 422, "There is no service 999999."),
        ({"others": "Nobody"}, "others", 422, "There is no service “Nobody”."),
        ({"visibility": "secret"}, "visibility", 422, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    signed_in: Client, changed: dict[str, Any], field: str, status: int, sentence: str
) -> None:
    a_page(slug="taken")
    answer = signed_in.post("/status-pages/add/", GIVEN | changed)
    assert (answer.status_code, field in answer.context["form"].errors) == (status, True)
    assert sentence in answer.content.decode()
    assert StatusPage.objects.count() == 1


def test_an_outage_is_drafted_and_a_person_publishes_it(signed_in: Client) -> None:
    service = a_service(now=timezone.now() - timedelta(minutes=5), failures_before_down=1)
    checked(service, Status.DOWN)
    page, incident = a_page(service), Incident.objects.get()
    overview = f"/status-pages/{page.pk}/"
    assert "Open incidents not posted" in signed_in.get(overview).content.decode()
    draft = signed_in.get(f"{overview}notices/add/?incident={incident.pk}")
    assert "Part 1 is not available" in draft.content.decode()
    assert StatusNotice.objects.count() == 0
    given = {"title": "Shop is down", "stage": "investigating", "text": "We are looking."}
    signed_in.post(f"{overview}notices/add/", {**given, "incident": incident.pk})
    notice = StatusNotice.objects.get()
    assert (notice.incident, notice.started_at) == (incident, incident.started_at)
    assert notice.posts.get().author == "ada"
    assert "Open incidents not posted" not in signed_in.get(overview).content.decode()


def test_an_update_that_resolves_ends_it_and_another_opens_it_anew(signed_in: Client) -> None:
    page = a_page()
    given = {"title": "Slow", "stage": "monitoring", "text": "A fix is out."}
    signed_in.post(f"/status-pages/{page.pk}/notices/add/", given)
    notice = StatusNotice.objects.get()
    address = f"/status-pages/{page.pk}/notices/{notice.pk}/"
    signed_in.post(address, {"stage": "resolved", "text": "Done."})
    assert not StatusNotice.objects.filter(resolved_at=None).exists()
    signed_in.post(address, {"stage": "identified", "text": "Not done."})
    assert StatusNotice.objects.filter(resolved_at=None).exists()
    assert notice.posts.count() == 3
    answer = signed_in.post(address, {"stage": "over", "text": ""})
    assert (answer.status_code, notice.posts.count()) == (422, 3)
    assert "Not done." in signed_in.get(address).content.decode()


def test_a_component_of_another_page_is_refused(signed_in: Client) -> None:
    page, other = a_page(), a_page(a_service(), slug="other")
    given = {"title": "Slow", "stage": "identified", "text": "Why."}
    answer = signed_in.post(
        f"/status-pages/{page.pk}/notices/add/",
        {**given, "components": [other.components.get().pk]},
    )
    assert answer.status_code == 422
    assert StatusNotice.objects.count() == 0


def test_deleted_its_address_is_gone_and_its_services_stay(signed_in: Client) -> None:
    service = a_service()
    page = a_page(service)
    assert "Delete The shop?" in signed_in.get(f"/status-pages/{page.pk}/delete/").content.decode()
    signed_in.post(f"/status-pages/{page.pk}/delete/")
    assert signed_in.get("/status/shop/").status_code == 404
    service.refresh_from_db()
    for path in ("", "edit/", "delete/", "notices/add/", "notices/1/"):
        assert signed_in.get(f"/status-pages/{page.pk}/{path}").status_code == 404


def test_a_deleted_service_leaves_its_pages(signed_in: Client) -> None:
    service = a_service()
    page = a_page(service)
    service.delete()
    assert page.components.count() == 0
    assert signed_in.get("/status/shop/").status_code == 200


def test_what_a_page_shows_takes_as_many_queries_for_many(
    signed_in: Client, django_assert_num_queries: Any
) -> None:
    a_page(a_service())
    with CaptureQueriesContext(connection) as few:
        signed_in.get("/status-pages/")
    for number in range(3):
        a_page(a_service(), slug=f"page-{number}")
    with django_assert_num_queries(len(few)):
        signed_in.get("/status-pages/")
