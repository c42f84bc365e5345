"""What a person has chosen for themselves, and what becomes of it on the pages."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitors.actions import profiles
from monitors.domain.preferences import Theme
from monitors.domain.result import Status
from monitors.models import Profile, Service
from monitors.tests.clock import NOON
from monitors.tests.factories import a_channel, a_service, checked

pytestmark = pytest.mark.django_db


def choose(user: User, zone: str = "", theme: Theme = Theme.SYSTEM) -> None:
    profiles.choose(user.pk, time_zone=zone, theme=theme)


def client_of(name: str, zone: str = "", theme: Theme = Theme.SYSTEM) -> Client:
    """Give a client of somebody who has chosen."""
    person = User.objects.create_user(name)
    choose(person, zone, theme)
    client = Client()
    client.force_login(person)
    return client


def html_tag(page: str) -> str:
    found = re.search("<html[^>]*>", page)
    assert found is not None
    return found[0]


def shown(client: Client, path: str) -> str:
    return client.get(path).content.decode()


@pytest.fixture
def service() -> Service:
    """Have one checked twice, at a minute and two after noon in UTC."""
    return checked(a_service(failures_before_down=1), Status.UP, Status.DOWN)


def test_the_page_says_who_somebody_is(signed_in: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(first_name="Ada", last_name="L.", email="a@b.example")
    page = shown(signed_in, "/profile/")
    for said in ("<dd>ada</dd>", "<dd>Ada L.</dd>", "<dd>a@b.example</dd>", 'href="/profile/"'):
        assert said in page


def test_choices_are_kept_and_hold_at_once(signed_in: Client, user: User) -> None:
    form = {"time_zone": "Asia/Tokyo", "theme": "dark"}
    page = signed_in.post("/profile/", form, follow=True)
    assert page.redirect_chain == [("/profile/", 302)]
    assert html_tag(page.content.decode()) == (
        '<html lang="en" data-theme="dark" data-zone="Asia/Tokyo">'
    )
    kept = Profile.objects.values_list("user_id", "time_zone", "theme")
    assert list(kept) == [(user.pk, "Asia/Tokyo", "dark")]
    back = signed_in.post("/profile/", {"time_zone": "", "theme": "system"}, follow=True)
    assert html_tag(back.content.decode()) == '<html lang="en">'
    assert list(kept.all()) == [(user.pk, "", "system")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"theme": "sepia"}, "theme"),
        ({"theme": ""}, "theme"),
    ],
)
def test_what_is_no_choice_is_refused(signed_in: Client, wrong: dict[str, str], field: str) -> None:
    answer = signed_in.post("/profile/", {"time_zone": "UTC", "theme": "light"} | wrong)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Profile.objects.exists()


def test_the_database_knows_no_other_theme(user: User) -> None:
    with pytest.raises(IntegrityError):
        Profile.objects.create(user=user, theme="sepia")


@pytest.mark.parametrize("stored", ["Mars/Olympus", "../../etc/passwd", "Europe"])
def test_a_stored_zone_that_is_none_is_told_and_not_used(
    signed_in: Client, user: User, service: Service, stored: str
) -> None:
    choose(user, stored, Theme.DARK)
    page = shown(signed_in, "/profile/")
    assert html_tag(page) == '<html lang="en" data-theme="dark">'
    assert f"does not know the time zone “{stored}”" in page
    assert ">1 Mar 2026, 12:02:00</time>" in shown(signed_in, f"/services/{service.pk}/history/")


def test_the_server_writes_the_chosen_clock_itself(
    signed_in: Client, user: User, service: Service
) -> None:
    choose(user, "Asia/Tokyo")
    history = shown(signed_in, f"/services/{service.pk}/history/")
    assert ">1 Mar 2026, 21:02:00</time>" in history
    assert 'title="1 Mar 2026, 12:02:00 UTC"' in history
    assert 'Times in <a href="/profile/" data-zone-name>Asia/Tokyo</a>' in history
    part = signed_in.get("/incidents/", headers={"HX-Request": "true"}).content.decode()
    assert re.search(r">1 Mar( 2026)?, 21:02</time>", part)


def test_two_people_see_each_their_own_clock(service: Service) -> None:
    path = f"/services/{service.pk}/history/"
    tokyo, york = client_of("t", "Asia/Tokyo"), client_of("y", "America/New_York")
    for client, hour in ((tokyo, "21"), (york, "07"), (client_of("nobody"), "12"), (tokyo, "21")):
        assert f">1 Mar 2026, {hour}:02:00</time>" in shown(client, path)
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_filter_is_read_by_the_chosen_clock(
    signed_in: Client, user: User, service: Service
) -> None:
    choose(user, "Asia/Tokyo")
    path = f"/services/{service.pk}/history/"
    late = signed_in.get(path, {"since": "2026-03-01T21:02"})
    assert [check.status for check in late.context["page"].checks] == ["DOWN"]
    assert 'name="since" value="2026-03-01T21:02"' in late.content.decode()
    assert 'name="zone" value="Asia/Tokyo"' in late.content.decode()
    assert not signed_in.get(path, {"since": "2026-03-01T21:03"}).context["page"].checks
    for until, count in (("2026-03-01T21:02", 0), ("2026-03-01T21:03", 1)):
        incidents = signed_in.get("/incidents/", {"until": until})
        assert len(incidents.context["page"].rows) == count


def test_a_filter_that_somebody_else_typed_means_the_same_moments(
    signed_in: Client, user: User, service: Service
) -> None:
    choose(user, "Europe/Berlin")
    query = {"since": "2026-03-01T21:02", "zone": "Asia/Tokyo"}
    page = signed_in.get(f"/services/{service.pk}/history/", query)
    assert [check.status for check in page.context["page"].checks] == ["DOWN"]
    said = page.content.decode()
    assert 'name="since" value="2026-03-01T13:02"' in said
    assert 'data-at="2026-03-01T12:02:00.000Z"' in said
    assert 'name="zone" value="Europe/Berlin"' in said


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        # The clock goes from 2:00 to 3:00: half past two is half an hour after that.
        ("2026-03-29T01:59", "2026-03-29T00:59"),
        ("2026-03-29T02:30", "2026-03-29T01:30"),
        ("2026-03-29T03:00", "2026-03-29T01:00"),
        # It goes from 3:00 back to 2:00: of the two hours alike it is the first.
        ("2026-10-25T02:30", "2026-10-25T00:30"),
        ("2026-10-25T03:00", "2026-10-25T02:00"),
    ],
)
def test_a_filter_at_a_change_of_clocks(
    signed_in: Client, user: User, typed: str, begins: str
) -> None:
    choose(user, "Europe/Berlin")
    first = datetime.fromisoformat(f"{begins}+00:00")
    service = checked(a_service(now=first - timedelta(minutes=2)), Status.UP, Status.DOWN)
    answer = signed_in.get(f"/services/{service.pk}/history/", {"since": typed})
    assert [check.checked_at for check in answer.context["page"].checks] == [first]


@pytest.mark.parametrize("theme", list(Theme))
def test_the_theme_is_in_the_page_as_it_comes(theme: Theme) -> None:
    page = shown(client_of("somebody", theme=theme), "/")
    attribute = "" if theme is Theme.SYSTEM else f' data-theme="{theme}"'
    scheme = "light dark" if theme is Theme.SYSTEM else theme.value
    assert html_tag(page) == f'<html lang="en"{attribute}>'
    assert f'<meta name="color-scheme" content="{scheme}">' in page


def test_an_error_page_has_the_theme_too(signed_in: Client, user: User) -> None:
    choose(user, theme=Theme.DARK)
    missing = signed_in.get("/services/999/")
    assert missing.status_code == 404
    assert html_tag(missing.content.decode()) == '<html lang="en" data-theme="dark">'


@pytest.mark.parametrize("path", ["/", "/incidents/"])
def test_what_is_kept_of_a_list_is_of_one_zone_and_one_theme(path: str, service: Service) -> None:
    people = [
        client_of("a", "Asia/Tokyo"),
        client_of("b", "America/New_York"),
        client_of("c", "Asia/Tokyo", Theme.DARK),
        client_of("d", "Asia/Tokyo", Theme.LIGHT),
    ]
    part = {"HX-Request": "true"}
    answers = [client.get(path, headers=part) for client in people]
    etags = [answer["ETag"] for answer in answers]
    assert len(set(etags)) == 4
    assert {answer["Cache-Control"] for answer in answers} == {"no-cache, private"}
    assert all("Cookie" in answer["Vary"] for answer in answers)
    for client, other in zip(people, etags[1:] + etags[:1], strict=True):
        answer = client.get(path, headers=part | {"If-None-Match": other})
        assert answer.status_code == 200


def test_a_change_in_another_tab_reaches_the_next_poll(
    signed_in: Client, user: User, service: Service
) -> None:
    part = {"HX-Request": "true"}
    path = f"/incidents/{service.incidents.get().pk}/"
    etag = signed_in.get(path, headers=part)["ETag"]
    choose(user, "Asia/Tokyo")
    again = signed_in.get(path, headers=part | {"If-None-Match": etag})
    assert (again.status_code, "21:02:00</time>" in again.content.decode()) == (200, True)
    assert "Asia/Tokyo" in again.content.decode()


@pytest.fixture
def pages(service: Service) -> list[str]:
    channel, incident = a_channel(), service.incidents.get()
    own = f"/services/{service.pk}"
    return [
        *("/", "/incidents/", f"/incidents/{incident.pk}/", "/maintenance/"),
        *(f"{own}/{part}" for part in ("", "history/", "response/", "?range=24h")),
        f"{own}/history/{service.checks.latest('pk').pk}/",
        f"/channels/{channel.pk}/",
        "/profile/",
    ]


def test_every_page_with_times_names_their_zone(
    signed_in: Client, user: User, pages: list[str]
) -> None:
    choose(user, "Asia/Tokyo")
    for path in pages:
        page = shown(signed_in, path)
        assert "data-zone-name>Asia/Tokyo<" in page, path


def test_other_forms_begin_with_the_chosen_zone(signed_in: Client, user: User) -> None:
    choose(user, "Asia/Tokyo")
    chosen = '<option value="Asia/Tokyo" selected>'
    for path in ("/maintenance/add/", "/reports/", "/reports/by-email/add/"):
        assert chosen in shown(signed_in, path), path
    assert 'name="time_zone" value="Asia/Tokyo"' in shown(signed_in, "/channels/new/?kind=email")


def test_the_chart_is_marked_at_round_times_of_the_chosen_clock(
    signed_in: Client, user: User
) -> None:
    choose(user, "Asia/Kathmandu")
    now = timezone.now()
    service = checked(a_service(now=now - timedelta(minutes=30)), *[Status.UP] * 30)
    page = shown(signed_in, f"/services/{service.pk}/?range=24h")
    marks = re.findall(r'data-style="time">(\d\d:\d\d)</text>', page)
    assert len(marks) >= 3
    assert {mark[3:] for mark in marks} == {"00"}


def test_who_is_not_logged_in_gets_the_site_as_it_is(client: Client, user: User) -> None:
    choose(user, "Asia/Tokyo", Theme.DARK)
    assert html_tag(shown(client, "/accounts/login/")) == '<html lang="en">'


@pytest.mark.parametrize("path", ["/healthz", "/status/shop/", "/accounts/login/", "/nowhere"])
def test_nothing_is_read_for_pages_that_want_no_login(signed_in: Client, path: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        signed_in.get(path)
    assert not [query for query in queries if "monitors_profile" in query["sql"]]


def test_it_holds_under_asgi_and_ends_with_the_request(user: User) -> None:
    service = checked(a_service(failures_before_down=1), Status.UP, Status.DOWN)
    choose(user, "Asia/Tokyo", Theme.DARK)
    nobody = User.objects.create_user("nobody")

    async def both() -> list[str]:
        found = []
        for person in (user, nobody):
            client = AsyncClient()
            await client.aforce_login(person)
            answer = await client.get(f"/services/{service.pk}/history/")
            found.append(answer.content.decode())
        return found

    own, others = async_to_sync(both)()
    assert ">1 Mar 2026, 21:02:00</time>" in own
    assert ">1 Mar 2026, 12:02:00</time>" in others


def test_check_now_answers_by_the_chosen_clock(signed_in: Client, user: User, target: Any) -> None:
    choose(user, "Asia/Kathmandu")
    service = a_service(url=target.url, now=timezone.now())
    part = {"HX-Request": "true"}
    page = signed_in.post(f"/services/{service.pk}/check/", headers=part).content.decode()
    at = service.checks.get().checked_at + timedelta(hours=5, minutes=45)
    assert f"{at:%H:%M:%S}</time>" in page


def test_an_account_that_is_deleted_takes_its_choices_along(user: User) -> None:
    choose(user, "UTC")
    user.delete()
    assert not Profile.objects.exists()


def test_staff_see_and_reset_choices(signed_in: Client, user: User) -> None:
    choose(user, "Asia/Tokyo", Theme.DARK)
    listed = shown(signed_in, "/admin/monitors/profile/")
    assert "Asia/Tokyo" in listed
    assert signed_in.get("/admin/monitors/profile/add/").status_code == 403
    signed_in.post(f"/admin/monitors/profile/{user.pk}/delete/", {"post": "yes"})
    assert not Profile.objects.exists()


def test_the_admin_writes_moments_as_the_pages_do(signed_in: Client, user: User) -> None:
    choose(user, "Asia/Tokyo")
    User.objects.filter(pk=user.pk).update(last_login=NOON)
    service = a_service(name="Shop")
    checked(service, Status.UP)
    listed = shown(signed_in, "/admin/monitors/servicestatus/")
    assert "1 Mar 2026, 21:01:00" in listed
