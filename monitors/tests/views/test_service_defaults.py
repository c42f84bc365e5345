"""What new services begin with is chosen once, and holds for the page and the API."""

from typing import Any

import pytest
from django.test import Client

from monitors.actions import service_defaults
from monitors.interfaces.forms.service_defaults import DefaultsForm
from monitors.models import Service, ServiceDefaults
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

DEFAULTS, ADD = "/services/defaults/", "/services/add/"


def untouched() -> dict[str, Any]:
    """Give what a browser sends: boxes that are not ticked are not sent."""
    fields = {field.name: field.value() for field in DefaultsForm().fields}
    return {name: value for name, value in fields.items() if value not in {None, False}}


def test_what_the_page_shows_untouched_is_no_choice(signed_in: Client) -> None:
    signed_in.post(DEFAULTS, untouched())
    assert ServiceDefaults.objects.get().values == {}


def test_chosen_ones_stand_in_the_form_and_hold_for_what_is_added(signed_in: Client) -> None:
    existing = a_service()
    chosen = untouched() | {"interval_s": "300", "tags": "web, eu", "locations": "oslo"}
    del chosen["verify_tls"]
    saved = signed_in.post(DEFAULTS, chosen, follow=True)
    assert "The defaults are saved." in saved.text
    assert saved.redirect_chain == [(ADD, 302)]
    form = saved.context["form"]
    names = ("interval_s", "tags", "locations", "verify_tls", "timeout_s")
    assert [form[name].value() for name in names] == [300, "eu, web", "oslo", False, 5.0]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in {None, False}}
    signed_in.post(ADD, data | {"name": "Shop", "url": "http://a.example/"})
    service = Service.objects.get(name="Shop")
    assert (service.interval_s, service.locations, service.verify_tls) == (300, "oslo", False)
    assert [tag.name for tag in service.tags.order_by("name")] == ["eu", "web"]
    assert Service.objects.get(pk=existing.pk).interval_s == 60


def test_they_can_be_overruled_and_taken_away_in_the_form(signed_in: Client) -> None:
    service_defaults.keep({"interval_s": 300, "tags": ["web"], "prefer_ipv6": True})
    form = signed_in.get(ADD).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in {None, False}}
    del data["prefer_ipv6"]
    mine = {"name": "Shop", "url": "http://a.example/", "interval_s": "30", "tags": ""}
    signed_in.post(ADD, data | mine)
    service = Service.objects.get()
    assert (service.interval_s, service.prefer_ipv6, service.tags.count()) == (30, False, 0)


def test_the_api_begins_with_them_where_nothing_is_given(api: Client) -> None:
    service_defaults.keep({"interval_s": 300, "tags": ["web"], "verify_tls": False})
    first = {"name": "First", "url": "http://a.example/"}
    made = api.post("/api/v1/services/", first, "application/json").json()
    assert (made["interval_s"], made["tags"], made["verify_tls"]) == (300, ["web"], False)
    second = {"name": "Second", "url": "http://b.example/", "tags": [], "verify_tls": True}
    made = api.post("/api/v1/services/", second, "application/json").json()
    assert (made["tags"], made["verify_tls"]) == ([], True)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("interval_s", "0", "greater than or equal to 1"),
        ("expected_status", "2xx", "2xx"),
        ("locations_before_down", "2", "There is only one location."),
        ("tags", "x" * 51, "A tag has at most 50 characters."),
    ],
)
def test_nonsense_is_said_at_its_field(signed_in: Client, name: str, value: str, said: str) -> None:
    refused = signed_in.post(DEFAULTS, untouched() | {name: value})
    assert refused.status_code == 422
    assert said in refused.text
    assert "Fix the field marked below." in refused.text
    assert not ServiceDefaults.objects.exists()


def test_other_settings_are_not_taken(signed_in: Client) -> None:
    signed_in.post(
        DEFAULTS, untouched() | {"keyword": "x", "bearer_token": "s3cret", "paused": "on"}
    )
    assert ServiceDefaults.objects.get().values == {}


def test_they_are_put_back(signed_in: Client) -> None:
    service_defaults.keep({"interval_s": 300})
    assert "built-in defaults" in signed_in.post(DEFAULTS, {"reset": "1"}, follow=True).text
    assert ServiceDefaults.objects.get().values == {}
