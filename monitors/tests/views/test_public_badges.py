"""What whoever has the address of a badge may see: a name and a figure, and nothing else."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitors.actions import badges, maintenance, services, status_pages, tags
from monitors.domain.badges import RANGES, Figure
from monitors.domain.result import Status
from monitors.models import Badge, Service, Tag
from monitors.tests import strange
from monitors.tests.badges import a_badge
from monitors.tests.factories import a_channel, a_service, checked
from monitors.tests.planted import SECRET, plant
from monitors.tests.status_pages import a_page
from monitors.views import public_badges

pytestmark = pytest.mark.django_db

FILES = [f"{figure}.{ending}" for figure in Figure for ending in ("svg", "json")]
TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.fixture(autouse=True)
def _anew() -> None:
    public_badges.forget()


def now_checked(*statuses: Status, **values: Any) -> Service:
    began = timezone.now() - timedelta(seconds=60 * len(statuses) + 5)
    return checked(a_service(now=began, failures_before_down=1, **values), *statuses)


def said(client: Client, badge: Badge, file: str = "state", query: str = "") -> dict[str, Any]:
    answer = client.get(f"/badge/{badge.token}/{file}.json{query}")
    assert answer.status_code == 200
    return dict(json.loads(answer.content))


def message(client: Client, badge: Badge, file: str = "state", query: str = "") -> str:
    return str(said(client, badge, file, query)["message"])


@pytest.mark.parametrize("file", FILES)
def test_nobody_needs_an_account_or_gets_a_cookie(client: Client, user: User, file: str) -> None:
    address = f"/badge/{a_badge(now_checked(Status.UP)).token}/{file}"
    answer = client.get(address)
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "Cookie" not in answer.get("Vary", "")
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    assert again["Cache-Control"] == "public, max-age=60"
    head = client.head(address)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", answer["ETag"])
    assert client.post(address).status_code == 405


def test_an_etag_is_of_what_is_shown(client: Client) -> None:
    badge = a_badge(now_checked(Status.UP))
    address = f"/badge/{badge.token}/state.svg"
    before = client.get(address)["ETag"]
    other = client.get(f"{address}?label=Other", headers={"If-None-Match": before})
    assert (other.status_code, other["ETag"] != before) == (200, True)


def test_the_image_says_what_the_json_says(client: Client) -> None:
    badge = a_badge(now_checked(Status.UP, name="Shop"))
    for figure in Figure:
        answer = client.get(f"/badge/{badge.token}/{figure}.svg")
        assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
        texts = [each.text for each in ET.fromstring(answer.content).iter(TEXT)]  # noqa: S314
        given = said(client, badge, figure)
        assert texts == [given["label"], given["message"]]


def test_the_json_is_that_of_shields(client: Client) -> None:
    up, down = now_checked(Status.UP, name="Shop"), now_checked(Status.DOWN, name="Till")
    given = said(client, a_badge(up))
    assert given == {"schemaVersion": 1, "label": "Shop", "message": "up", "color": "1f7a4d"}
    assert said(client, a_badge(down))["isError"] is True


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.UP, "up"),
        (Status.DEGRADED, "degraded"),
        (Status.DOWN, "down"),
    ],
)
def test_a_service_is_as_it_was_found(client: Client, status: Status, words: str) -> None:
    assert message(client, a_badge(now_checked(status))) == words


def test_what_nobody_looked_at_is_unknown(client: Client) -> None:
    new, stale = a_service(now=timezone.now()), checked(a_service(), Status.UP)
    paused = now_checked(Status.UP)
    services.pause(paused.pk, timezone.now())
    for service in (new, stale, paused):
        assert message(client, a_badge(service)) == "unknown"
    assert message(client, a_badge(new), "uptime") == "unknown"
    assert message(client, a_badge(new), "response") == "unknown"
    assert message(client, a_badge(stale), "response") == "unknown"


def test_what_is_in_maintenance_is_not_down(client: Client) -> None:
    service = now_checked(Status.DOWN)
    maintenance.start_now(service.pk, timezone.now(), "", timedelta(hours=1))
    assert message(client, a_badge(service)) == "maintenance"


def test_a_tag_and_a_page_say_how_their_worst_service_is(client: Client) -> None:
    up = now_checked(Status.UP, tags=["web"])
    down = now_checked(Status.UP, Status.DOWN, tags=["web"])
    tag = a_badge(Tag.objects.get(name="web"))
    page = a_badge(a_page(up, down))
    assert said(client, tag)["label"] == "web"
    assert said(client, page)["label"] == "The shop"
    for badge in (tag, page):
        assert message(client, badge) == "partly down"
        assert message(client, badge, "response") == "12 ms"
        words = message(client, badge, "uptime", "?range=24h")
        assert re.fullmatch(r"9\d\.\d\d % of 3\d seconds", words)


def test_a_tag_and_a_page_without_services_are_unknown(client: Client) -> None:
    for badge in (a_badge(Tag.objects.create(name="none")), a_badge(a_page())):
        for figure in Figure:
            assert message(client, badge, figure) == "unknown"


@pytest.mark.parametrize("name", RANGES)
def test_uptime_has_a_range(client: Client, name: str) -> None:
    began = timezone.now() - timedelta(days=400)
    service = checked(a_service(now=began, name="Shop", interval_s=86_400), Status.UP)
    Service.objects.filter(pk=service.pk).update(fresh_until=timezone.now())
    given = said(client, a_badge(service), "uptime", f"?range={name}")
    assert (given["label"], given["message"]) == (f"Shop uptime {name[:-1]} {name[-1]}", "100 %")


def test_without_one_it_is_of_thirty_days(client: Client) -> None:
    badge = a_badge(now_checked(Status.UP, name="Shop"))
    assert said(client, badge, "uptime")["label"] == "Shop uptime 30 d"


@pytest.mark.parametrize("file", ["state", "uptime", "response"])
def test_a_label_replaces_the_name(client: Client, file: str) -> None:
    badge = a_badge(now_checked(Status.UP, name="internal-db-7"))
    assert said(client, badge, file, "?label=API")["label"] == "API"
    assert said(client, badge, file, "?label=")["label"].startswith("internal-db-7")


def test_names_and_labels_are_text(client: Client) -> None:
    odd = '<script>"&'
    badge = a_badge(now_checked(Status.UP, name=odd))
    for query in ("", "?label=%3Cscript%3E%22%26"):
        image = client.get(f"/badge/{badge.token}/state.svg{query}").content
        assert b"<script" not in image
        assert next(ET.fromstring(image).iter(TEXT)).text == odd  # noqa: S314 - our own


def nothing(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert (answer.status_code, dict(answer.cookies)) == (404, {})
    headers = {name: value for name, value in answer.items() if name != "Content-Length"}
    return json.dumps([sorted(headers.items()), answer.content.decode()]).encode()


@pytest.mark.parametrize("file", FILES)
def test_what_is_not_shown_answers_like_what_never_was(client: Client, file: str) -> None:
    service, tag = now_checked(Status.UP, tags=["web"]), Tag.objects.get(name="web")
    off, rotated, deleted = a_badge(service), a_badge(service), a_badge(service)
    badges.switch(off.pk, enabled=False)
    badges.rotate(rotated.pk)
    badges.delete(deleted.pk)
    draft = a_badge(a_page(service, published=False))
    of_service, of_tag = a_badge(service), a_badge(tag)
    assert client.get(f"/badge/{of_service.token}/{file}").status_code == 200
    services.delete(service.pk, timezone.now())
    tags.delete(tag.pk)
    unknown = nothing(client, f"/badge/{'x' * 22}/{file}")
    assert unknown == nothing(client, f"/badge/{'x' * 5_000}/{file}")
    for badge in (off, rotated, deleted, draft, of_service, of_tag):
        assert nothing(client, f"/badge/{badge.token}/{file}") == unknown
    assert Badge.objects.get() == draft


def test_one_that_is_switched_on_again_answers_again(client: Client) -> None:
    badge = a_badge(now_checked(Status.UP))
    assert message(client, badge) == "up"
    badges.switch(badge.pk, enabled=False)
    nothing(client, f"/badge/{badge.token}/state.json")
    badges.switch(badge.pk, enabled=True)
    assert message(client, badge) == "up"


@pytest.mark.parametrize(
    "query", ["range=", "range=1d", "range=24H", "range=30d%00x", "label=" + "l" * 51, "label=%0A"]
)
def test_what_asks_for_nonsense_finds_nothing(client: Client, query: str) -> None:
    badge = a_badge(now_checked(Status.UP))
    answer = client.get(f"/badge/{badge.token}/uptime.svg?{query}")
    # A query with a NUL is none (views/strange.py).
    assert answer.status_code == (200 if "%00" in query else 404)


@pytest.mark.parametrize("text", [*strange.TEXTS, *strange.TIMES])
def test_any_label_makes_an_image_or_nothing(client: Client, text: str) -> None:
    badge = a_badge(now_checked(Status.UP))
    label = quote(text[:60].encode("utf-8", "surrogatepass"))
    answer = client.get(f"/badge/{badge.token}/state.svg?label={label}")
    assert answer.status_code in {200, 404}
    if answer.status_code == 200:
        ET.fromstring(answer.content)  # noqa: S314 - our own


@pytest.mark.parametrize("file", FILES)
def test_nothing_private_is_on_a_badge(client: Client, file: str) -> None:
    first, second = now_checked(Status.DOWN, tags=["web"]), now_checked(Status.DOWN)
    a_channel(SECRET)
    page = a_page(first, second)
    status_pages.edit(page.pk, {"text": SECRET}, [status_pages.Shown(first.pk, SECRET, SECRET)])
    shown = [a_badge(page), a_badge(Tag.objects.get(name="web")), a_badge(first)]
    plant(first)
    Service.objects.filter(pk=first.pk).update(name="Shop")
    for badge in shown:
        answer = client.get(f"/badge/{badge.token}/{file}")
        assert answer.status_code == 200
        assert SECRET not in f"{answer.content.decode()}{answer.headers}"


def test_a_change_is_seen_when_its_time_is_over(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr("monitors.views.public_badges.time.monotonic", lambda: clock[0])
    service = now_checked(Status.UP)
    badge = a_badge(service)
    assert message(client, badge) == "up"
    services.pause(service.pk, timezone.now())
    assert message(client, badge) == "up"
    clock[0] += 15
    assert message(client, badge) == "unknown"


def test_who_is_logged_in_is_not_looked_up(
    signed_in: Client, django_assert_num_queries: Any
) -> None:
    address = f"/badge/{a_badge(now_checked(Status.UP)).token}/state.svg"
    signed_in.get(address)
    with django_assert_num_queries(1):
        assert signed_in.get(address).status_code == 200


@pytest.mark.parametrize("file", FILES)
def test_a_badge_that_many_look_at_costs_one_query(
    client: Client, file: str, django_assert_num_queries: Any
) -> None:
    address = f"/badge/{a_badge(now_checked(Status.UP)).token}/{file}"
    client.get(address)
    with django_assert_num_queries(1):
        client.get(address)
    with django_assert_num_queries(1):
        client.get(f"{address}?label=Other")


@pytest.mark.parametrize("figure", Figure)
def test_many_services_take_as_many_queries_as_one(
    client: Client, figure: Figure, django_assert_num_queries: Any
) -> None:
    now_checked(Status.UP, tags=["web"])
    badge = a_badge(Tag.objects.get(name="web"))
    with CaptureQueriesContext(connection) as few:
        message(client, badge, figure)
    for _ in range(4):
        now_checked(Status.DOWN, tags=["web"])
    public_badges.forget()
    with django_assert_num_queries(len(few)):
        message(client, badge, figure)
    assert len(few) <= 5
