"""The team's side of badges: make, switch, give a new address, delete, and copy snippets."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.db import IntegrityError
from django.test import Client

from monitors.domain.badges import Subject, SubjectKind
from monitors.models import Badge, Service, Tag
from monitors.tests.badges import a_badge
from monitors.tests.clock import NOON
from monitors.tests.factories import a_service
from monitors.tests.status_pages import a_page
from monitors.views import public_badges

pytestmark = pytest.mark.django_db

LIST, ADD = "/badges/", "/badges/add/"


@pytest.fixture(autouse=True)
def _anew() -> None:
    public_badges.forget()


def text_of(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def snippets(client: Client) -> list[str]:
    return [unescape(text) for text in re.findall(r'value="([^"]*)" readonly', text_of(client))]


def test_there_is_none_at_first_and_then_one_by_one(signed_in: Client) -> None:
    assert "No badge yet" in text_of(signed_in)
    service = a_service(name="Shop", tags=["web"])
    page = a_page(service)
    for chosen, subject in [
        (f"service-{service.pk}", Subject(SubjectKind.SERVICE, service.pk)),
        (f"tag-{Tag.objects.get().pk}", Subject(SubjectKind.TAG, Tag.objects.get().pk)),
        (f"status_page-{page.pk}", Subject(SubjectKind.STATUS_PAGE, page.pk)),
    ]:
        answer = signed_in.post(ADD, {"subject": chosen})
        badge = Badge.objects.order_by("pk").last()
        assert badge is not None
        assert (badge.subject, badge.enabled, len(badge.token)) == (subject, True, 22)
        own = f"{LIST}?{subject.kind}={subject.pk}"
        assert (answer.status_code, answer["Location"]) == (302, f"{own}#badge-{badge.pk}")
        assert text_of(signed_in, own).count('class="card" id="badge-') == 1
    assert text_of(signed_in).count('class="card" id="badge-') == 3


def test_the_form_offers_what_there_is(signed_in: Client) -> None:
    service = a_service(name="Shop", tags=["web"])
    a_page()
    form = text_of(signed_in, f"{ADD}?service={service.pk}")
    assert re.findall(r'<optgroup label="([^"]+)"', form) == ["Status pages", "Tags", "Services"]
    assert f'<option value="service-{service.pk}" selected>Shop</option>' in form
    assert "of a service its name in this dashboard" in form
    assert 'name="other"' not in form


def test_beyond_a_list_services_are_named(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitors.interfaces.forms.badge.LISTED", 1)
    a_service(name="Alpha")
    last = a_service(name="Zulu")
    assert 'name="other"' in text_of(signed_in, ADD)
    assert signed_in.post(ADD, {"other": "Zulu"}).status_code == 302
    assert signed_in.post(ADD, {"other": last.url}).status_code == 302
    assert {badge.service_id for badge in Badge.objects.all()} == {last.pk}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Choose a service, a tag or a status page."),
        ({"subject": "service-1000000"}, "That is not there any more."),
        ({"subject": "channel-1"}, "That is not there any more."),
        ({"subject": "service-x"}, "That is not there any more."),
        ({"other": "Nobody"}, "There is no service “Nobody”."),
        ({"other": "Twin"}, "Several services have this name"),
    ],
)
def test_what_is_wrong_is_said(signed_in: Client, given: dict[str, Any], sentence: str) -> None:
    a_service(name="Twin")
    a_service(name="Twin")
    answer = signed_in.post(ADD, given)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not Badge.objects.exists()


def test_it_is_switched_off_and_on(signed_in: Client) -> None:
    badge = a_badge(a_service())
    address = f"/badge/{badge.token}/state.svg"
    assert address in text_of(signed_in)
    for enabled, status in (("off", 404), ("off", 404), ("on", 200)):
        answer = signed_in.post(f"/badges/{badge.pk}/switch/", {"enabled": enabled})
        assert answer.status_code == 302
        assert signed_in.get(address).status_code == status
        assert (address in text_of(signed_in)) is (status == 200)


def test_a_new_address_replaces_the_old_one(signed_in: Client) -> None:
    badge = a_badge(a_service(name="Shop"))
    ask = text_of(signed_in, f"/badges/{badge.pk}/new-address/")
    assert "New address for the badge of Shop?" in ask
    assert signed_in.post(f"/badges/{badge.pk}/new-address/").status_code == 302
    assert signed_in.get(f"/badge/{badge.token}/state.svg").status_code == 404
    now = Badge.objects.get().token
    assert signed_in.get(f"/badge/{now}/state.svg").status_code == 200


def test_it_is_deleted_once_that_is_confirmed(signed_in: Client) -> None:
    badge = a_badge(a_service(name="Shop"))
    assert "Delete the badge of Shop?" in text_of(signed_in, f"/badges/{badge.pk}/delete/")
    assert Badge.objects.exists()
    assert signed_in.post(f"/badges/{badge.pk}/delete/")["Location"] == LIST
    assert (Badge.objects.exists(), Service.objects.exists()) == (False, True)


@pytest.mark.parametrize("path", ["switch", "new-address", "delete"])
def test_one_that_is_gone_is_not_found(signed_in: Client, path: str) -> None:
    assert signed_in.post(f"/badges/1000000/{path}/").status_code == 404


def test_a_badge_of_a_draft_says_why_it_is_not_shown(signed_in: Client) -> None:
    badge = a_badge(a_page(published=False))
    shown = text_of(signed_in)
    assert "until the status page is published" in shown
    assert badge.token not in shown


def test_snippets_have_whole_addresses(signed_in: Client, settings: Any) -> None:
    badge = a_badge(a_service(name="Shop"))
    assert snippets(signed_in)[0] == (
        f"![State of Shop](http://testserver/badge/{badge.token}/state.svg)"
    )
    settings.SITE_URL = "https://up.example/uptime"
    base = f"https://up.example/uptime/badge/{badge.token}"
    quoted = quote(f"{base}/uptime.json", safe="")
    assert snippets(signed_in)[3:6] == [
        f"![Uptime of Shop]({base}/uptime.svg)",
        f'<img src="{base}/uptime.svg" alt="Uptime of Shop">',
        f"https://img.shields.io/endpoint?url={quoted}",
    ]


def test_a_name_is_text_in_every_snippet(signed_in: Client) -> None:
    badge = a_badge(a_service(name='a](x) <b>"&'))
    markdown, html, _ = snippets(signed_in)[:3]
    image = f"http://testserver/badge/{badge.token}/state.svg"
    assert markdown == rf'![State of a\](x) \<b\>"\&]({image})'
    assert html == f'<img src="{image}" alt="State of a](x) &lt;b&gt;&quot;&amp;">'


@pytest.mark.parametrize("count", [1, 3])
def test_a_long_list_takes_as_many_queries_as_a_short_one(
    signed_in: Client, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        a_badge(a_service())
        a_badge(a_page(slug=f"s{Badge.objects.count()}"))
    # Session, user, preferences, backlog (2), count, badges.
    with django_assert_num_queries(7):
        text_of(signed_in)


def test_many_are_on_several_pages(signed_in: Client) -> None:
    service = a_service()
    for _ in range(11):
        a_badge(service)
    first = text_of(signed_in, f"{LIST}?service={service.pk}")
    assert (first.count('class="card" id="badge-'), "Page 1 of 2, 11 badges" in first) == (10, True)
    assert f"?service={service.pk}&amp;page=2" in first


@pytest.mark.parametrize("given", [{}, {"tag": "new", "service": "there"}])
def test_a_badge_is_of_exactly_one_thing(given: dict[str, str]) -> None:
    made = {"service": a_service(), "tag": Tag.objects.create(name="web")}
    subjects = {name: made[name] for name in given}
    with pytest.raises(IntegrityError):
        Badge.objects.create(token="t", created_at=NOON, **subjects)


def test_staff_see_and_delete_badges_in_the_admin(signed_in: Client) -> None:
    badge = a_badge(a_service(name="Shop"))
    assert "Shop" in text_of(signed_in, "/admin/monitors/badge/?q=Shop")
    assert badge.token in text_of(signed_in, f"/admin/monitors/badge/{badge.pk}/change/")
    signed_in.post(f"/admin/monitors/badge/{badge.pk}/delete/", {"post": "yes"})
    assert not Badge.objects.exists()
