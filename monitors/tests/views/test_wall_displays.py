"""The team's side of wall displays: add, switch, give a new address, delete."""

from typing import Any

import pytest
from django.test import Client

from monitors.actions import tags, wall_displays
from monitors.interfaces.forms import wall_display
from monitors.models import Tag, WallDisplay
from monitors.tests.clock import NOON

pytestmark = pytest.mark.django_db

LIST, ADD = "/walls/", "/walls/add/"


def text_of(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_one_is_added_and_opened(signed_in: Client) -> None:
    assert "No wall display yet" in text_of(signed_in)
    web = Tag.objects.create(name="web")
    assert "With the tag web" in text_of(signed_in, ADD)
    for given, tag in (({"name": "Lobby", "tag": ""}, None), ({"name": "Web", "tag": web.pk}, web)):
        answer = signed_in.post(ADD, given)
        display = WallDisplay.objects.get(name=given["name"])
        assert (display.tag, display.enabled, len(display.token)) == (tag, True, 22)
        assert (answer.status_code, answer["Location"]) == (302, f"{LIST}#display-{display.pk}")
        address = f"/wall/{display.token}/"
        assert f'value="http://testserver{address}" readonly' in text_of(signed_in)
        assert signed_in.get(address).status_code == 200


def test_its_address_is_that_under_which_people_open_the_site(
    signed_in: Client, settings: Any
) -> None:
    display = wall_displays.create("Lobby", None, NOON)
    settings.SITE_URL = "https://up.example/uptime"
    address = f"https://up.example/uptime/wall/{display.token}/"
    assert f'value="{address}" readonly' in text_of(signed_in)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "This field is required."),
        ({"name": "\u202e"}, "A name needs a character that can be seen."),
        ({"name": "n" * 61}, "at most 60 characters"),
        ({"name": "Lobby", "tag": "1000000"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said(signed_in: Client, given: dict[str, str], sentence: str) -> None:
    answer = signed_in.post(ADD, given)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not WallDisplay.objects.exists()


def test_there_is_an_end_to_them(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall_display, "MOST_DISPLAYS", 1)
    wall_displays.create("Lobby", None, NOON)
    answer = signed_in.post(ADD, {"name": "Canteen"})
    assert (answer.status_code, "Delete one first" in answer.content.decode()) == (422, True)


def test_it_is_switched_off_and_on(signed_in: Client) -> None:
    display = wall_displays.create("Lobby", None, NOON)
    address = f"/wall/{display.token}/"
    for enabled, status in (("off", 404), ("off", 404), ("on", 200)):
        answer = signed_in.post(f"/walls/{display.pk}/switch/", {"enabled": enabled})
        assert answer.status_code == 302
        assert signed_in.get(address).status_code == status
        assert (address in text_of(signed_in)) is (status == 200)


def test_a_new_address_replaces_the_old_one(signed_in: Client) -> None:
    display = wall_displays.create("Lobby", None, NOON)
    path = f"/walls/{display.pk}/new-address/"
    assert "New address for the wall display Lobby?" in text_of(signed_in, path)
    assert signed_in.post(path).status_code == 302
    assert signed_in.get(f"/wall/{display.token}/").status_code == 404
    assert signed_in.get(f"/wall/{WallDisplay.objects.get().token}/").status_code == 200


def test_it_is_deleted_once_that_is_confirmed(signed_in: Client) -> None:
    display = wall_displays.create("Lobby", None, NOON)
    path = f"/walls/{display.pk}/delete/"
    assert "Delete the wall display Lobby?" in text_of(signed_in, path)
    assert WallDisplay.objects.exists()
    assert signed_in.post(path)["Location"] == LIST
    assert not WallDisplay.objects.exists()


def test_it_goes_with_its_tag(signed_in: Client) -> None:
    tag = Tag.objects.create(name="web")
    wall_displays.create("Web", tag.pk, NOON)
    kept = wall_displays.create("Lobby", None, NOON)
    tags.delete(tag.pk)
    assert WallDisplay.objects.get() == kept


@pytest.mark.parametrize("path", ["switch", "new-address", "delete"])
def test_one_that_is_gone_is_not_found(signed_in: Client, path: str) -> None:
    assert signed_in.post(f"/walls/1000000/{path}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_long_list_takes_as_many_queries_as_a_short_one(
    signed_in: Client, django_assert_num_queries: Any, count: int
) -> None:
    tag = Tag.objects.create(name="web")
    for number in range(count):
        wall_displays.create(f"Wall {number}", tag.pk, NOON)
    # Session, user, preferences, backlog, displays.
    with django_assert_num_queries(5):
        text_of(signed_in)


def test_it_is_found_from_the_status_pages(signed_in: Client) -> None:
    assert f'href="{LIST}"' in text_of(signed_in, "/status-pages/")


def test_staff_see_and_delete_displays_in_the_admin(signed_in: Client) -> None:
    display = wall_displays.create("Lobby", None, NOON)
    assert "Lobby" in text_of(signed_in, "/admin/monitors/walldisplay/?q=Lobby")
    path = f"/admin/monitors/walldisplay/{display.pk}"
    assert display.token in text_of(signed_in, f"{path}/change/")
    signed_in.post(f"{path}/delete/", {"post": "yes"})
    assert not WallDisplay.objects.exists()
