"""Many services are changed at once, after a page that says what would change."""

import pytest
from django.test import Client

from monitors.actions import services
from monitors.domain.state import State
from monitors.models import DueCheck, Service
from monitors.tests.clock import NOON
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

CHANGE = "/services/change/"


def state_of(service: Service) -> str:
    return Service.objects.get(pk=service.pk).state


def test_the_list_has_a_box_a_row_only_while_selecting(signed_in: Client) -> None:
    service = a_service(name="Shop", tags=["web"])
    assert 'name="pick"' not in signed_in.get("/").text
    page = signed_in.get("/?q=shop&tag=web&select=on").text
    assert f'id="pick-{service.pk}"' in page
    assert "The one that matches" in page
    poll = signed_in.get("/?q=shop&tag=web&select=on&page=1", headers={"HX-Request": "true"}).text
    assert f'id="pick-{service.pk}"' in poll


def test_what_would_change_is_said_and_only_then_done(signed_in: Client) -> None:
    first, second = a_service(name="First"), a_service(name="Second")
    services.pause(second.pk, NOON)
    picked = {"pick": [first.pk, second.pk], "change": "pause", "back": "q=i&page=2&select=on"}
    page = signed_in.post(CHANGE, picked).text
    assert "Pause 1 service?" in page
    assert "<li>First</li>" in page
    assert "1 of the 2 selected is paused already: no change." in page
    assert state_of(first) == State.UNKNOWN
    picked = {"ids": f"{first.pk},{second.pk}", "change": "pause", "confirmed": "on"}
    done = signed_in.post(CHANGE, picked | {"back": "q=i"})
    assert done["Location"] == "/?q=i"
    assert state_of(first) == State.PAUSED
    assert "Paused 1 service." in signed_in.get("/").text


def test_all_that_a_filter_leaves_are_changed(signed_in: Client) -> None:
    inside, outside = a_service(name="Inside", tags=["web"]), a_service(name="Outside")
    asked = {"scope": "all", "of-tag": "web", "change": "pause"}
    assert "Pause 1 service?" in signed_in.post(CHANGE, asked).text
    signed_in.post(CHANGE, asked | {"confirmed": "on"})
    assert (state_of(inside), state_of(outside)) == (State.PAUSED, State.UNKNOWN)


@pytest.mark.parametrize(
    ("change", "tag", "question", "left"),
    [
        ("resume", "", "Resume 1 service?", {"state": State.UNKNOWN.value}),
        ("add-tag", "new", "Add the tag “new” to 1 service?", {"tags__name": "new"}),
        ("remove-tag", "web", "Remove the tag “web” from 1 service?", {"tags__name": None}),
    ],
)
def test_each_change_is_asked_for_in_its_own_words(
    signed_in: Client, change: str, tag: str, question: str, left: dict[str, object]
) -> None:
    service = a_service(tags=["web"])
    services.pause(service.pk, NOON)
    asked = {"pick": service.pk, "change": change, "tag": tag}
    assert question in signed_in.post(CHANGE, asked).text
    signed_in.post(CHANGE, asked | {"confirmed": "on"})
    assert Service.objects.filter(pk=service.pk, **left).exists()


def test_deleting_says_that_the_history_goes_too(signed_in: Client) -> None:
    service = a_service(name="Shop")
    asked = {"pick": service.pk, "change": "delete"}
    assert "their whole history" in signed_in.post(CHANGE, asked).text
    assert Service.objects.exists()
    signed_in.post(CHANGE, asked | {"confirmed": "on"})
    assert not Service.objects.exists()


def test_only_so_many_are_deleted_in_one_go(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitors.interfaces.forms.many_services.MAX_DELETED", 1)
    ids = ",".join(str(a_service(name=f"S {n}").pk) for n in range(2))
    refused = signed_in.post(CHANGE, {"ids": ids, "change": "delete", "confirmed": "on"})
    assert refused.status_code == 422
    assert "At most 1 services at a time." in refused.text
    assert Service.objects.count() == 2


def test_a_check_needs_no_question_and_says_when_nobody_makes_it(signed_in: Client) -> None:
    service = a_service()
    answer = signed_in.post(CHANGE, {"pick": service.pk, "change": "check"}, follow=True)
    assert "no checker is running" in answer.text


def test_nothing_selected_leads_back_to_selecting(signed_in: Client) -> None:
    answer = signed_in.post(CHANGE, {"change": "pause", "back": "tag=web"})
    assert answer["Location"] == "/?tag=web&select=on"
    assert "Select at least one service." in signed_in.get("/").text


@pytest.mark.parametrize("tag", ["", "a,b", "x" * 51])
def test_a_tag_that_cannot_be_one_is_asked_for_again(signed_in: Client, tag: str) -> None:
    service = a_service(name="Shop")
    asked = {"pick": service.pk, "change": "add-tag", "tag": tag, "confirmed": "on"}
    refused = signed_in.post(CHANGE, asked)
    assert (refused.status_code, f'value="{service.pk}"' in refused.text) == (422, True)
    assert not Service.objects.filter(tags__isnull=False).exists()


def test_what_was_deleted_meanwhile_is_left_out(signed_in: Client) -> None:
    service = a_service(name="Shop")
    page = signed_in.post(CHANGE, {"ids": f"{service.pk},999", "change": "pause"}).text
    assert "Pause 1 service?" in page
    services.delete(service.pk, NOON)
    gone = {"ids": str(service.pk), "change": "pause", "confirmed": "on"}
    assert "Paused 0 services." in signed_in.post(CHANGE, gone, follow=True).text
    assert not DueCheck.objects.exists()


def test_the_way_back_stays_on_the_list(signed_in: Client) -> None:
    service = a_service()
    asked = {"pick": service.pk, "change": "check", "back": "//evil.example/?x=\r\n"}
    where = signed_in.post(CHANGE, asked)["Location"]
    assert where.startswith("/?")
