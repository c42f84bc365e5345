"""What no browser sends, and what somebody types for fun, is no mistake of the server."""

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitors.domain.result import Status
from monitors.interfaces.forms.account import ApiKeyForm
from monitors.interfaces.forms.badge import BadgeForm
from monitors.interfaces.forms.channel import ChannelForm
from monitors.interfaces.forms.events import EventFilterForm
from monitors.interfaces.forms.filters import HistoryFilterForm, ListFilterForm
from monitors.interfaces.forms.many_services import ManyServicesForm
from monitors.interfaces.forms.profile import ProfileForm
from monitors.interfaces.forms.saved_filter import SavedFilterForm
from monitors.interfaces.forms.service import ServiceForm
from monitors.interfaces.forms.service_defaults import OFFERED
from monitors.interfaces.forms.status_page import NoticeForm, StatusPageForm
from monitors.interfaces.forms.wall_display import WallDisplayForm
from monitors.models import Channel, Service, StatusPage, WallDisplay
from monitors.tests import strange
from monitors.tests.clock import NOON
from monitors.tests.factories import a_service, checked

pytestmark = pytest.mark.django_db

OF_MANY = ("pick", "scope", "of-q", "of-state", "of-tag", "back", "confirmed")
HISTORY, SHOW = "/services/{}/history/", "/services/{}/"
FILTERS = [
    *(("/", name) for name in (*ListFilterForm.base_fields, "page")),
    *(("/?view=groups", name) for name in ("open", "page", "tag")),
    *((HISTORY, name) for name in (*HistoryFilterForm.base_fields, "before", "after", "new")),
    (SHOW, "range"),
    ("/accounts/login/", "next"),
    ("/setup/", "token"),
    *(("/events/", name) for name in (*EventFilterForm.base_fields, "after")),
    ("/channels/", "page"),
    ("/status/shop/history/", "month"),
    ("/status-pages/1000000/notices/add/", "incident"),
    *(("/channels/new/", name) for name in ("kind", "service")),
    *(("/badges/", name) for name in ("service", "tag", "status_page", "page")),
    *(("/badges/add/", name) for name in ("service", "tag", "status_page")),
    ("/wall/tv/", "theme"),
    ("/admin/monitors/service/", "q"),
    ("/admin/monitors/service/", "state"),
    ("/admin/monitors/service/", "p"),
]
FORMS = [
    *(("/services/add/", name) for name in (*ServiceForm.base_fields, "test")),
    *(("/services/{}/edit/", name) for name in ServiceForm.base_fields),
    *(("/accounts/keys/", name) for name in ApiKeyForm.base_fields),
    *(("/profile/", name) for name in ProfileForm.base_fields),
    *(("/channels/new/?kind=email", name) for name in ChannelForm.base_fields),
    ("/channels/new/?kind=webhook", "target"),
    ("/channels/new/?kind=apprise", "target"),
    ("/channels/new/?kind=apprise&service=slack", "service_webhook"),
    ("/services/{}/pause/", "paused"),
    *(("/status-pages/add/", name) for name in StatusPageForm.base_fields),
    *(("/status-pages/1000000/notices/add/", name) for name in NoticeForm.base_fields),
    *(("/badges/add/", name) for name in BadgeForm.base_fields),
    *(("/walls/add/", name) for name in WallDisplayForm.base_fields),
    *(("/filters/add/", name) for name in SavedFilterForm.base_fields),
    ("/accounts/login/", "username"),
    ("/services/deleted/", "id"),
    *(("/services/defaults/", name) for name in OFFERED),
    *(("/services/change/setting/", name) for name in ("setting", "ids", "interval_s")),
    *(("/services/change/", name) for name in (*ManyServicesForm.base_fields, *OF_MANY)),
]
VALID = {
    "name": "A",
    "url": "http://a.example/",
    "username": "",
    "password": "",
    "target": "a@b.example",
    "title": "A",
    "slug": "a",
    "visibility": "public",
    "stage": "resolved",
    "text": "A",
    "theme": "dark",
    "pick": "1",
    "change": "add-tag",
    "tag": "A",
    "confirmed": "on",
    "setting": "interval_s",
}
bounded = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def _page(db: None) -> None:
    page = {"slug": "shop", "title": "Shop", "published": True}
    StatusPage.objects.create(pk=1_000_000, created_at=NOON, **page)
    WallDisplay.objects.create(name="TV", token="tv", created_at=NOON)


def as_typed(value: Any) -> bytes:
    """Write a value as the bytes of a form, half surrogates as some program would."""
    return str(value).encode("utf-8", "surrogatepass")


def with_query(path: str, name: str, value: Any) -> str:
    return f"{path}{'&' if '?' in path else '?'}{name}={quote(as_typed(value))}"


@bounded
@given(place=st.sampled_from(FILTERS), value=strange.text | strange.number)
def test_no_query_of_a_page(signed_in: Client, place: tuple[str, str], value: Any) -> None:
    service = a_service()
    path, name = place
    answer = signed_in.get(with_query(path.format(service.pk), name, value))
    assert answer.status_code in {200, 302}, place
    service.delete()


@pytest.mark.parametrize("value", [*strange.TEXTS[2:5], *strange.TIMES, "9" * 5_000])
def test_what_broke_one_page_breaks_no_other(signed_in: Client, value: str) -> None:
    service = checked(a_service(), Status.UP)
    for path, name in FILTERS:
        answer = signed_in.get(with_query(path.format(service.pk), name, value))
        assert answer.status_code in {200, 302}, (path, name)


@bounded
@given(place=st.sampled_from(FORMS), value=strange.text | strange.number)
def test_no_field_of_a_form(signed_in: Client, place: tuple[str, str], value: Any) -> None:
    service = a_service()
    path, name = place
    if name != "test":  # would send a check out
        form = "&".join(
            f"{quote(key)}={quote(as_typed(given))}"
            for key, given in (VALID | {name: value}).items()
        )
        answer = signed_in.post(path.format(service.pk), form, "application/x-www-form-urlencoded")
        assert answer.status_code in {200, 302, 409, 422}, place
    Service.objects.all().delete()
    Channel.objects.all().delete()
    StatusPage.objects.exclude(slug="shop").delete()


@pytest.mark.parametrize("charset", ["hex", "idna", "raw_unicode_escape", "utf-7", "utf-16"])
def test_a_form_in_another_encoding_is_refused(signed_in: Client, charset: str) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\\ud800abc\r\n'
        b'--x\r\nContent-Disposition: form-data; name="url"\r\n\r\nhttp://q.example/\r\n--x--\r\n'
    )
    kind = "multipart/form-data; boundary=x; charset="
    answer = signed_in.generic("POST", "/services/add/", body, kind + charset)
    assert (answer.status_code, "could not read" in answer.content.decode()) == (400, True)
    assert signed_in.generic("POST", "/services/add/", body, f"{kind}UTF-8").status_code == 302


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages"])
def test_a_cookie_with_a_nul_is_refused(client: Client, user: User, name: str) -> None:
    # Written as a quoted string, a cookie may hold any character by its octal number.
    answer = client.get("/", headers={"Cookie": f'{name}="aaaaaaaaaa\\000"'})
    assert answer.status_code == 400
    other = client.get("/", headers={"Cookie": f'{name}="aaaaaaaaaa\\355\\240\\200"'})
    assert other.status_code == 302


@pytest.mark.parametrize("path", ["/%00", "/%ED%A0%80", "/services/%00/", "/services/²/"])
@pytest.mark.parametrize("number", ["9" * 30, "9" * 5_000])
def test_no_path(signed_in: Client, path: str, number: str) -> None:
    assert signed_in.get(path).status_code == 404
    for numbered in (f"/services/{number}/", f"/services/{number}/history/{number}/"):
        assert signed_in.get(numbered).status_code == 404
