"""What whoever has the address of a wall display sees, and what nobody sees there."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitors.actions import maintenance, services, tags, wall_displays
from monitors.actions.results import record
from monitors.domain.reasons import Reason
from monitors.domain.result import Status
from monitors.models import DueCheck, Incident, Service, Tag, WallDisplay
from monitors.queries.listed import Listed, listed
from monitors.tests.factories import a_channel, a_result, a_service, checked, scheduled
from monitors.tests.planted import SECRET, plant

pytestmark = pytest.mark.django_db

POLL = {"HX-Request": "true"}


def now_checked(*statuses: Status, **values: Any) -> Service:
    began = timezone.now() - timedelta(seconds=60 * len(statuses) + 5)
    return checked(a_service(now=began, **({"failures_before_down": 1} | values)), *statuses)


def a_wall(tag: str = "", name: str = "Lobby") -> str:
    """Make a display and give its address."""
    tag_id = Tag.objects.get(name=tag).pk if tag else None
    return f"/wall/{wall_displays.create(name, tag_id, timezone.now()).token}/"


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def headline(page: str) -> str:
    found = re.search(r"<h1[^>]*><svg.*?</svg>(.+?)</h1>", page)
    assert found is not None
    return found[1]


def large(page: str) -> list[str]:
    return re.findall(r'<li class="tile kind-\w+" id="tile-\d+">\s*<h2>(.+?)</h2>', page)


def small(page: str) -> list[str]:
    return re.findall(r'<span class="name">(.+?)</span>', page)


def about(page: str) -> list[str]:
    return re.findall(r'<p class="about">(.+?)</p>', page)


def test_nobody_needs_an_account_or_gets_a_cookie(client: Client, user: User) -> None:
    now_checked(Status.UP, name="Shop")
    address = a_wall()
    for headers in ({}, POLL):
        answer = client.get(address, headers=headers)
        assert (answer.status_code, dict(answer.cookies)) == (200, {})
        assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
        assert "Cookie" not in answer.get("Vary", "")
    assert client.post(address).status_code == 405


def test_without_the_address_there_is_nothing(client: Client, user: User) -> None:
    a_wall()
    assert client.get("/wall/").status_code == 404
    assert client.get("/wall/1/").status_code == 404


def test_all_is_well_in_large_type(client: Client) -> None:
    for name in ("Shop", "Till"):
        now_checked(Status.UP, name=name)
    page = page_of(client, a_wall())
    assert (headline(page), large(page), small(page)) == ("All 2 services up", [], ["Shop", "Till"])
    assert "<title>Lobby · Uptime Site</title>" in page


def test_what_is_not_up_comes_first_and_large_with_its_reason(client: Client) -> None:
    now_checked(Status.UP, name="Shop")
    now_checked(Status.DEGRADED, name="Slow one")
    now_checked(Status.DOWN, name="Till")
    a_service(name="New one", now=timezone.now())
    page = page_of(client, a_wall())
    assert headline(page) == "1 down · 1 degraded · 1 unknown"
    assert (large(page), small(page)) == (["Till", "Slow one", "New one"], ["Shop"])
    expected = ["No connection · unacknowledged", "Slow", "Waiting for the first check"]
    assert about(page) == expected
    assert re.search(r"</svg>Down <time datetime=", page)
    assert "<title>(1 down) Lobby · Uptime Site</title>" in page


def test_it_says_whether_somebody_is_on_it(client: Client) -> None:
    for _ in range(2):
        now_checked(Status.DOWN)
    at_work = now_checked(Status.DOWN)
    maintenance.start_now(at_work.pk, timezone.now(), "", timedelta(hours=1))
    address = a_wall()
    assert "3 open incidents, none acknowledged" in page_of(client, address)
    first = Incident.objects.order_by("pk")[:1]
    Incident.objects.filter(pk__in=first.values("pk")).update(
        acknowledged_at=timezone.now(), acknowledged_by="ada"
    )
    page = page_of(client, address)
    assert "3 open incidents, 2 not acknowledged" in page
    kinds = sorted(words.partition(" · ")[2] for words in about(page))
    assert kinds == ["acknowledged", "in maintenance", "unacknowledged"]
    assert "ada" not in page
    Incident.objects.update(acknowledged_at=timezone.now())
    assert "3 open incidents, all acknowledged" in page_of(client, address)


def test_many_that_are_down_are_counted_beyond_what_fits(client: Client) -> None:
    for _ in range(12):
        now_checked(Status.DOWN)
    now_checked(Status.UP, name="Shop")
    page = page_of(client, a_wall())
    assert (headline(page), len(large(page)), small(page)) == ("12 down", 8, ["Shop"])
    assert "and 4 more" in page


def test_many_that_are_well_are_counted_where_they_do_not_fit(client: Client) -> None:
    for _ in range(51):
        now_checked(Status.UP)
    now_checked(Status.DOWN, name="Till")
    services.pause(now_checked(Status.UP).pk, timezone.now())
    page = page_of(client, a_wall())
    assert (headline(page), large(page), small(page)) == ("1 down", ["Till"], [])
    assert '<p class="counted">51 up · 1 paused</p>' in page


def test_tiles_stand_under_their_first_tag(client: Client) -> None:
    now_checked(Status.UP, name="Shop", tags=["web", "a-team"])
    now_checked(Status.UP, name="Database", tags=["data"])
    now_checked(Status.UP, name="Printer")
    page = page_of(client, a_wall())
    assert re.findall(r"<h2>(.+?)</h2>", page) == ["a-team", "data", "Other"]
    assert small(page) == ["Shop", "Database", "Printer"]


def test_one_that_fails_without_being_down_and_one_that_is_paused_say_so(client: Client) -> None:
    now_checked(Status.UP, Status.DOWN, name="Flaky", failures_before_down=2)
    services.pause(now_checked(Status.UP, name="Resting").pk, timezone.now())
    page = page_of(client, a_wall())
    assert (headline(page), small(page)) == ("1 service up", ["Flaky", "Resting"])
    assert re.findall(r'<span class="word">(\w+)</span>', page) == ["failing", "paused"]


def test_without_services_nothing_is_green(client: Client) -> None:
    page = page_of(client, a_wall())
    assert (headline(page), "kind-up" in page) == ("No services", False)


def test_a_display_of_a_tag_shows_nothing_of_others(client: Client) -> None:
    now_checked(Status.UP, name="Shop", tags=["web"])
    now_checked(Status.DOWN, name="Till", tags=["web"])
    now_checked(Status.DOWN, name="Vault", tags=["secret"])
    Tag.objects.create(name="none")
    page = page_of(client, a_wall("web"))
    assert (headline(page), large(page), small(page)) == ("1 down", ["Till"], ["Shop"])
    assert "1 open incident, not acknowledged" in page
    assert "Vault" not in page
    assert "secret" not in page
    assert headline(page_of(client, a_wall("none"))) == "No services"


def test_a_late_monitor_is_said_loudly_and_nothing_is_green(client: Client) -> None:
    service = now_checked(Status.UP, name="Shop")
    address = a_wall()
    DueCheck.objects.update(due_at=timezone.now() - timedelta(minutes=6))
    page = page_of(client, address)
    assert (headline(page), "headline kind-up" in page) == ("Checks are late", False)
    assert "<strong>1 check</strong> overdue, by up to 6 minutes. What you see may be" in page
    record([scheduled(service, a_result(Status.DOWN, timezone.now()))], timezone.now())
    DueCheck.objects.update(due_at=timezone.now() - timedelta(minutes=6))
    page = page_of(client, address)
    assert headline(page) == "1 down"
    assert "<strong>Checks are late:</strong> 1 overdue" in page


def test_what_nobody_looked_at_is_unknown(client: Client) -> None:
    checked(a_service(name="Shop"), Status.UP)
    page = page_of(client, a_wall())
    assert (headline(page), about(page)) == ("1 unknown", ["Not checked"])


def test_a_poll_gets_the_part_that_changes_or_304(client: Client) -> None:
    service = now_checked(Status.UP, name="Shop")
    address = a_wall()
    first = client.get(address, headers=POLL)
    assert (first.status_code, b"<html" in first.content) == (200, False)
    for etag in (first["ETag"], f"W/{first['ETag']}"):
        same = client.get(address, headers=POLL | {"If-None-Match": etag})
        assert (same.status_code, same.content, same["Cache-Control"]) == (304, b"", "no-store")
    record([scheduled(service, a_result(Status.DOWN, timezone.now()))], timezone.now())
    changed = client.get(address, headers=POLL | {"If-None-Match": first["ETag"]})
    assert (changed.status_code, headline(changed.content.decode())) == (200, "1 down")


def nothing(client: Client, address: str, headers: dict[str, str]) -> str:
    answer = client.get(address, headers=headers)
    assert (answer.status_code, dict(answer.cookies)) == (404, {})
    assert answer["X-Wall-Display"] == "off"
    return json.dumps([sorted(answer.headers.items()), answer.content.decode()])


@pytest.mark.parametrize("headers", [{}, POLL])
def test_what_is_off_answers_like_what_never_was(client: Client, headers: dict[str, str]) -> None:
    now_checked(Status.UP, tags=["web"])
    off, rotated, deleted = (wall_displays.create("Lobby", None, timezone.now()) for _ in range(3))
    wall_displays.switch(off.pk, enabled=False)
    wall_displays.rotate(rotated.pk)
    wall_displays.delete(deleted.pk)
    of_tag = a_wall("web")
    tags.delete(Tag.objects.get().pk)
    unknown = nothing(client, f"/wall/{'x' * 22}/", headers)
    assert nothing(client, f"/wall/{'x' * 5_000}/", headers) == unknown
    assert nothing(client, of_tag, headers) == unknown
    for display in (off, rotated, deleted):
        assert nothing(client, f"/wall/{display.token}/", headers) == unknown
    wall_displays.switch(off.pk, enabled=True)
    assert client.get(f"/wall/{off.token}/").status_code == 200
    assert WallDisplay.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "theme"),
    [("", "dark"), ("?theme=light", "light"), ("?theme=LIGHT", "dark"), ("?theme=x%22y", "dark")],
)
def test_it_is_dark_unless_light_is_asked_for(client: Client, query: str, theme: str) -> None:
    assert f'data-theme="{theme}"' in page_of(client, a_wall() + query)


def test_without_scripts_it_loads_itself_anew(client: Client) -> None:
    page = page_of(client, a_wall())
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in page


def test_the_clock_is_that_of_the_site_and_names_its_zone(client: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kathmandu"
    page = page_of(client, a_wall())
    shown = timezone.now().astimezone(timezone.get_default_timezone())
    earlier = shown - timedelta(minutes=1)
    assert any(f">{at:%H:%M}</time> <span>Asia/Kathmandu</span>" in page for at in (earlier, shown))
    assert 'data-zone="Asia/Kathmandu"' in page


@pytest.mark.parametrize("status", [Status.UP, Status.DEGRADED, Status.DOWN])
def test_nothing_private_is_on_a_wall(client: Client, status: Status) -> None:
    service = now_checked(status, tags=["web"])
    other = now_checked(Status.DOWN)
    a_channel(SECRET)
    addresses = (a_wall(), a_wall("web"))
    plant(service)
    Service.objects.update(name="Shop")
    Incident.objects.update(acknowledged_at=timezone.now())
    for address in addresses:
        for headers in ({}, POLL):
            answer = client.get(address, headers=headers)
            assert answer.status_code == 200
            text = f"{answer.content.decode()}{answer.headers}"
            assert SECRET[:11] not in text
            assert other.url not in text


def test_names_are_text(client: Client) -> None:
    now_checked(Status.DOWN, name='<script>"&', tags=["<b>"])
    now_checked(Status.UP, name="<i>", tags=["<b>"])
    page = page_of(client, a_wall(name="<u>"))
    for raw in ('<script>"', "<b>", "<i>", "<u>"):
        assert raw not in page
    assert large(page) == ["&lt;script&gt;&quot;&amp;"]


def test_every_reason_is_shown(client: Client) -> None:
    service = now_checked(Status.DOWN)
    address = a_wall()
    for reason in Reason:
        Service.objects.filter(pk=service.pk).update(last_reason=reason.value)
        assert about(page_of(client, address)) == [f"{reason.label} · unacknowledged"]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address, headers=POLL).status_code == 200
    return len(found)


def test_many_services_take_as_many_queries_as_one(signed_in: Client) -> None:
    now_checked(Status.UP, tags=["web"])
    now_checked(Status.DOWN, tags=["web"])
    whole, of_tag = a_wall(), a_wall("web")
    few = queries(signed_in, whole), queries(signed_in, of_tag)
    for _ in range(3):
        now_checked(Status.UP, tags=["web"])
        now_checked(Status.DOWN, tags=["web"])
    assert (queries(signed_in, whole), queries(signed_in, of_tag)) == few
    # Display, backlog, incidents (2), overview (3), ids, services, tags, maintenance; no session.
    assert few == (11, 12)


def test_of_many_services_only_those_are_read_that_are_shown(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def noted(ids: Sequence[int]) -> list[Listed]:
        read.append(len(ids))
        return listed(ids)

    monkeypatch.setattr("monitors.queries.wall.listed", noted)
    for _ in range(51):
        now_checked(Status.UP)
    address = a_wall()
    client.get(address)
    for _ in range(12):
        now_checked(Status.DOWN)
    client.get(address)
    assert read == [0, 8]
