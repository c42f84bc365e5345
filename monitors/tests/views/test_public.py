"""What anybody may open: states, posts, feed and JSON of a status page, and nothing else."""

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitors.actions import maintenance, services, status_pages
from monitors.actions.status_pages import Draft
from monitors.domain.result import Status
from monitors.domain.status_pages import Stage
from monitors.models import Incident, Service, StatusPage
from monitors.tests.factories import a_channel, a_service, checked
from monitors.tests.planted import SECRET, plant
from monitors.tests.status_pages import a_page
from monitors.views import public

pytestmark = pytest.mark.django_db

JSON = ("status", "summary", "components", "incidents")
ADDRESSES = ("", "history/", "feed.atom", "colours.css", *(f"api/v2/{name}.json" for name in JSON))


@pytest.fixture(autouse=True)
def _anew() -> None:
    public.forget()


def now_checked(status: Status, **values: Any) -> Service:
    now = timezone.now()
    service = a_service(now=now - timedelta(seconds=65), failures_before_down=1, **values)
    return checked(service, status)


def text_of(client: Client, path: str = "") -> str:
    answer = client.get(f"/status/shop/{path}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def told(page: StatusPage, stage: Stage = Stage.INVESTIGATING, **values: Any) -> int:
    draft = Draft(values.pop("title", "Checkout fails"), values.pop("components", ()))
    text = values.pop("text", "We are on it.")
    return status_pages.open_notice(page.pk, draft, stage, text, "ada", timezone.now()).pk


def test_a_page_says_how_its_services_are(client: Client) -> None:
    a_page(now_checked(Status.UP), now_checked(Status.DOWN), group="Web")
    shown = text_of(client)
    assert "Partial outage · The shop" in shown
    for words in ("Part 1", "Part 2", "Operational", "Outage", "Web", "Last 90 days of Part 1"):
        assert words in shown


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_needs_an_account_or_gets_a_cookie(client: Client, user: User, address: str) -> None:
    a_page(now_checked(Status.UP))
    answer = client.get(f"/status/shop/{address}")
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert answer["Cache-Control"] == "public, max-age=5"
    again = client.get(f"/status/shop/{address}", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", ADDRESSES)
def test_before_it_is_published_only_the_team_sees_it(
    client: Client, user: User, address: str
) -> None:
    a_page(now_checked(Status.UP), published=False)
    assert client.get(f"/status/shop/{address}").status_code == 404
    client.force_login(user)
    answer = client.get(f"/status/shop/{address}")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    client.logout()
    assert client.get(f"/status/shop/{address}").status_code == 404
    assert client.get(f"/status/other/{address}").status_code == 404


def test_a_preview_says_so(signed_in: Client) -> None:
    page = a_page(published=False)
    assert "this page is not published" in text_of(signed_in)
    status_pages.edit(page.pk, {"published": True}, [])
    assert "this page is not published" not in text_of(signed_in)


def test_search_engines_are_kept_from_an_unlisted_page(client: Client) -> None:
    a_page(visibility="unlisted")
    answer = client.get("/status/shop/")
    assert answer["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_private_is_on_any_public_address(client: Client, address: str) -> None:
    first, second = now_checked(Status.DOWN, tags=[SECRET]), now_checked(Status.DOWN)
    a_channel(SECRET)
    page = a_page(first, second)
    incident = Incident.objects.filter(service=second).get()
    components = list(page.components.values_list("pk", flat=True))
    draft = Draft("Checkout fails", components, incident.pk)
    status_pages.open_notice(page.pk, draft, Stage.IDENTIFIED, "Found.", SECRET, timezone.now())
    plant(first)
    public.forget()
    shown = text_of(client, address)
    assert SECRET not in shown
    assert second.url not in shown
    if address in {"", "api/v2/summary.json"}:
        assert "Part 2" in shown


def test_what_a_check_found_is_shown_where_that_is_chosen(client: Client) -> None:
    page = a_page(now_checked(Status.DOWN))
    assert "connection refused" not in text_of(client)
    shown = [status_pages.Shown(page.components.get().service_id)]
    status_pages.edit(page.pk, {"shows_messages": True}, shown)
    public.forget()
    assert "connection refused" in text_of(client)


def test_posts_are_there_from_the_first_to_the_last(client: Client) -> None:
    page = a_page(now_checked(Status.DOWN))
    notice = told(page, components=list(page.components.values_list("pk", flat=True)))
    shown = text_of(client)
    assert shown.index("Current incidents") < shown.index("Checkout fails")
    assert "None in the last 14 days" in shown
    status_pages.post(notice, Stage.RESOLVED, "It works <again>.", "ada", timezone.now())
    public.forget()
    shown = text_of(client)
    assert "Current incidents" not in shown
    assert shown.index("Past incidents") < shown.index("It works &lt;again&gt;.")
    assert "Checkout fails" in text_of(client, "history/")
    assert "No incidents in this month" in text_of(client, "history/?month=2020-01")


@pytest.mark.parametrize(
    "month",
    ["", "x", "9999-12", "2026-13", "1999-01", "\u0662\u0660\u0662\u0666-\u0660\u0661"],
)
def test_a_month_that_is_none_is_this_one(client: Client, month: str) -> None:
    a_page()
    assert f"Incidents in {timezone.now():%B %Y}" in text_of(client, f"history/?month={month}")


def test_maintenance_to_come_is_told_without_its_name(client: Client) -> None:
    service = now_checked(Status.UP)
    a_page(service)
    maintenance.start_now(service.pk, timezone.now(), "", timedelta(hours=1))
    shown = text_of(client)
    assert "Maintenance in progress" in shown
    assert "Planned maintenance" in shown
    assert "(in progress)" in shown


def test_a_change_is_seen_within_ten_seconds(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr("monitors.views.public.time.monotonic", lambda: clock[0])
    service = now_checked(Status.UP)
    a_page(service)
    assert "All systems operational" in text_of(client)
    services.pause(service.pk, timezone.now())
    assert "All systems operational" in text_of(client)
    # What a browser or a proxy keeps may be as old again.
    clock[0] += 10 - 5
    assert "No current data" in text_of(client)


def test_many_visitors_cost_no_queries(client: Client, django_assert_num_queries: Any) -> None:
    a_page(now_checked(Status.UP))
    text_of(client)
    with django_assert_num_queries(0):
        text_of(client)


def test_a_large_page_takes_as_many_queries_as_a_small_one(
    client: Client, django_assert_num_queries: Any
) -> None:
    first = now_checked(Status.DOWN)
    page = a_page(first)
    told(page)
    with CaptureQueriesContext(connection) as few:
        text_of(client)
    others = [now_checked(Status.UP) for _ in range(5)]
    shown = [status_pages.Shown(each.pk) for each in (first, *others)]
    status_pages.edit(page.pk, {}, shown)
    told(page)
    public.forget()
    with django_assert_num_queries(len(few)):
        text_of(client)


def test_the_json_is_that_of_statuspage(client: Client) -> None:
    page = a_page(now_checked(Status.UP), now_checked(Status.DOWN), group="Web")
    down = page.components.get(name="Part 2")
    notice = told(page, components=[down.pk])
    status_pages.post(notice, Stage.MONITORING, "A fix is out.", "ada", timezone.now())
    given = {name: json.loads(text_of(client, f"api/v2/{name}.json")) for name in JSON}
    for document in given.values():
        assert document["page"]["name"] == "The shop"
        assert document["page"]["url"] == "http://testserver/status/shop/"
    assert given["status"]["status"] == {"indicator": "major", "description": "Partial outage"}
    web, *parts = given["components"]["components"]
    assert (web["group"], web["components"]) == (True, [part["id"] for part in parts])
    assert [(each["name"], each["status"], each["group_id"]) for each in parts] == [
        ("Part 1", "operational", web["id"]),
        ("Part 2", "major_outage", web["id"]),
    ]
    (incident,) = given["incidents"]["incidents"]
    assert (incident["status"], incident["impact"]) == ("monitoring", "major")
    assert [each["status"] for each in incident["incident_updates"]] == [
        "monitoring",
        "investigating",
    ]
    assert given["summary"]["incidents"] == [incident]
    assert client.get("/status/shop/api/v2/status.json")["Access-Control-Allow-Origin"] == "*"


def test_the_feed_is_atom(client: Client) -> None:
    page = a_page()
    told(page, title="Bells & whistles", text="Control \x08 characters go.")
    feed = ET.fromstring(text_of(client, "feed.atom"))  # noqa: S314 - our own
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.tag == f"{atom}feed"
    (entry,) = feed.findall(f"{atom}entry")
    assert entry.findtext(f"{atom}title") == "Bells & whistles"
    assert "Control" in str(entry.findtext(f"{atom}summary"))
