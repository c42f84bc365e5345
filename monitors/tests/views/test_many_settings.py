"""One setting of many services: chosen, typed, judged for each of them, then changed."""

import pytest
from django.test import Client

from monitors.interfaces.forms import change_setting
from monitors.models import DueCheck, Service
from monitors.tests.clock import NOON
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

CHANGE = "/services/change/setting/"


def ids_of(*services: Service) -> str:
    return ",".join(str(service.pk) for service in services)


def test_the_list_leads_to_the_settings(signed_in: Client) -> None:
    service = a_service()
    page = signed_in.post("/services/change/", {"pick": service.pk, "change": "setting"}).text
    assert "Change a setting of 1 service" in page
    assert '<option value="interval_s">Check every</option>' in page
    for unfit in ("name", "url", "password", "client_key", "forget_secrets"):
        assert f'<option value="{unfit}">' not in page


def test_what_they_have_now_is_told_and_the_new_value_typed(signed_in: Client) -> None:
    services = [a_service(interval_s=seconds) for seconds in (60, 60, 300)]
    page = signed_in.post(CHANGE, {"ids": ids_of(*services), "setting": "interval_s"}).text
    assert "Now: 60 s (2), 300 s (1)" in page
    assert 'name="interval_s"' in page
    done = {"ids": ids_of(*services), "setting": "interval_s", "interval_s": "300"}
    answer = signed_in.post(CHANGE, done | {"confirmed": "on"}, follow=True)
    assert "Changed “Check every” of 2 services." in answer.text
    assert set(Service.objects.values_list("interval_s", "revision")) == {(300, 2), (300, 1)}
    assert DueCheck.objects.filter(due_at=NOON).count() == 1


@pytest.mark.parametrize(
    ("setting", "value", "column"),
    [
        ("verify_tls", None, False),
        ("follow_redirects", "on", True),
        ("locations", "oslo, berlin", "oslo, berlin"),
        ("retention_days", "", None),
        ("headers", "X-A: b", "X-A: b"),
        ("secret_headers", "X-Key: k", "X-Key: k"),
        ("bearer_token", "abc", "abc"),
    ],
)
def test_every_kind_of_setting_is_changed_and_no_other(
    signed_in: Client, setting: str, value: str | None, column: object
) -> None:
    service = a_service(retention_days=30, follow_redirects=False, tags=["web"], keyword="fine")
    data = {"ids": ids_of(service), "setting": setting, "confirmed": "on"}
    signed_in.post(CHANGE, data if value is None else data | {setting: value})
    changed = Service.objects.get()
    assert getattr(changed, setting) == column
    left = {"retention_days": 30, "follow_redirects": False, "keyword": "fine", "verify_tls": True}
    left.pop(setting, None)
    assert {name: getattr(changed, name) for name in left} == left
    assert [tag.name for tag in changed.tags.all()] == ["web"]


def test_where_one_cannot_take_the_value_nothing_is_changed(signed_in: Client) -> None:
    two = a_service(name="Two", locations="oslo, berlin")
    one = a_service(name="One", locations="oslo")
    data = {"ids": ids_of(one, two), "setting": "locations_before_down", "confirmed": "on"}
    refused = signed_in.post(CHANGE, data | {"locations_before_down": "2"})
    assert refused.status_code == 422
    assert "<b>There is only one location.</b> One</p>" in refused.text
    assert set(Service.objects.values_list("locations_before_down", flat=True)) == {1}


def test_a_value_that_is_none_is_said_at_its_field(signed_in: Client) -> None:
    services = [a_service(name=f"S{n}") for n in range(3)]
    data = {"ids": ids_of(*services), "setting": "expected_status", "confirmed": "on"}
    refused = signed_in.post(CHANGE, data | {"expected_status": "2xx"})
    assert (refused.status_code, 'value="2xx"' in refused.text) == (422, True)
    assert "S0, S1, S2</p>" in refused.text


@pytest.mark.parametrize("setting", ["", "name", "url_key", "no_such", "state"])
def test_only_settings_are_changed(signed_in: Client, setting: str) -> None:
    service = a_service()
    data = {"ids": ids_of(service), "setting": setting, "confirmed": "on", setting: "x"}
    assert signed_in.post(CHANGE, data).status_code == 422
    assert Service.objects.get().revision == service.revision


def test_a_secret_is_neither_told_nor_drawn(signed_in: Client) -> None:
    service = a_service(bearer_token="s3cret-token", headers="X-Key: s3cret-header")
    for setting in ("bearer_token", "headers", "secret_headers"):
        page = signed_in.post(CHANGE, {"ids": ids_of(service), "setting": setting}).text
        assert "s3cret" not in page


def test_only_so_many_at_a_time(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitors.views.many_settings.MAX_CHANGED", 1)
    ids = ids_of(a_service(), a_service())
    refused = signed_in.post(CHANGE, {"ids": ids, "setting": "timeout_s"})
    assert "At most 1 services at a time." in refused.text


def test_a_telling_of_many_values_ends(signed_in: Client) -> None:
    services = [a_service(interval_s=60 + n) for n in range(9)]
    told = change_setting.present_values([service.pk for service in services], "interval_s")
    assert told[-1] == ("other values", 4)
    assert (
        "other values (4)"
        in signed_in.post(CHANGE, {"ids": ids_of(*services), "setting": "interval_s"}).text
    )
