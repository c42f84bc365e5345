"""Long forms say what is set, what is wrong, and what they do not show."""

import pytest
from django.test import Client

from monitors.models import Service
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

ADD = "/services/add/"
FILLED = {
    "name": "Shop",
    "url": "http://a.example/",
    "method": "GET",
    "interval_s": "60",
    "timeout_s": "5",
    "expected_status": "200-299",
    "failures_before_down": "2",
    "successes_before_up": "1",
    "retry_interval_s": "20",
    "json_compare": "==",
    "locations_before_down": "1",
    "tls_expiry_warn_days": "14",
}


def test_a_closed_section_tells_what_is_set_in_it(signed_in: Client) -> None:
    service = a_service(
        method="POST", body="x" * 99, verify_tls=False, bearer_token="s3cret", tags=["web"]
    )
    page = signed_in.get(f"/services/{service.pk}/edit/").text
    assert 'Request<span class="group-told">Method: POST, Request body, Bearer token</span>' in page
    assert '<span class="group-told">Verify TLS certificate: off</span>' in page
    assert '<span class="group-told">Tags</span>' in page
    assert "s3cret" not in page
    assert "group-told" not in signed_in.get(ADD).text


def test_more_than_three_are_counted(signed_in: Client) -> None:
    many = {"keyword": "a", "keyword_absent": "b", "pattern": "c", "response_header": "d"}
    page = signed_in.get(f"/services/{a_service(**many).pk}/edit/").text
    assert "Body must contain: a, Body must not contain: b" in page
    assert ", 1 more</span>" in page


def test_nothing_is_said_of_stored_secrets_where_none_are_stored(signed_in: Client) -> None:
    bare = a_service()
    for path in (ADD, f"/services/{bare.pk}/edit/"):
        page = signed_in.get(path).text
        assert "Delete saved secrets" not in page
        assert "Leave empty to keep" not in page
    kept = a_service(username="bob", password="s3cret")
    page = signed_in.get(f"/services/{kept.pk}/edit/").text
    assert "Delete saved secrets" in page
    assert page.count("Leave empty to keep the stored one.") == 1


@pytest.mark.parametrize("change", [{"interval_s": "0"}, {"test": "1"}])
def test_a_typed_secret_is_asked_for_again_and_never_drawn(
    signed_in: Client, change: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitors.views.services.try_out_sync", lambda _: None)
    page = signed_in.post(ADD, FILLED | {"bearer_token": "s3cret"} | change).text
    assert page.count("enter it once more before you save") == 1
    assert "s3cret" not in page
    assert not Service.objects.exists()


def test_what_is_wrong_has_the_focus_and_is_in_the_title(signed_in: Client) -> None:
    page = signed_in.post(ADD, FILLED | {"interval_s": "0"}).text
    assert "<title>Error: Add a service" in page
    assert 'role="alert" tabindex="-1" autofocus>Not saved. Fix the field marked below.' in page
    assert "<title>Add a service" in signed_in.get(ADD).text


def test_error_pages_have_the_frame_of_the_site(signed_in: Client) -> None:
    page = signed_in.get("/nothing/")
    assert page.status_code == 404
    assert '<a class="brand" href="/">' in page.text
    assert 'rel="icon"' in page.text
