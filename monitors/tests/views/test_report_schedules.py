"""Reports by e-mail, on their pages."""

from typing import Any

import pytest
from django.test import Client

from monitors.models import Message, ReportSchedule
from monitors.tests.factories import a_channel, a_service
from monitors.tests.report_schedules import a_schedule, an_email_channel

pytestmark = pytest.mark.django_db

LIST = "/reports/by-email/"


def filled(channel_id: int, **values: Any) -> dict[str, Any]:
    return {
        "name": "To the board",
        "channel": channel_id,
        "every": "weekly",
        "time_zone": "Europe/Berlin",
        "target_percent": "99.95",
        "enabled": "on",
        "tags": "eu, us",
    } | values


def test_strangers_see_and_change_nothing(client: Client) -> None:
    schedule = a_schedule()
    for path in ("", "add/", f"{schedule.pk}/"):
        assert client.get(LIST + path).status_code == 302
    for path in ("add/", f"{schedule.pk}/", f"{schedule.pk}/delete/", f"{schedule.pk}/send/"):
        assert client.post(LIST + path).status_code == 302
    assert ReportSchedule.objects.exists()
    assert not Message.objects.exists()


def test_without_an_email_channel_one_is_asked_for(signed_in: Client) -> None:
    a_channel()
    for path in ("", "add/"):
        assert "?kind=email" in signed_in.get(LIST + path).content.decode()
    an_email_channel()
    assert "Add a report" in signed_in.get(LIST).content.decode()


def test_one_is_added_changed_sent_and_deleted(signed_in: Client) -> None:
    service, channel = a_service(name="Shop"), an_email_channel()
    chosen = filled(channel.pk, services=[service.pk])
    assert signed_in.post(f"{LIST}add/", chosen)["Location"] == LIST
    schedule = ReportSchedule.objects.get()
    assert (schedule.name, schedule.every, schedule.target_percent, schedule.enabled) == (
        "To the board",
        "weekly",
        99.95,
        True,
    )
    assert [tag.name for tag in schedule.tags.all()] == ["eu", "us"]
    assert list(schedule.services.all()) == [service]
    shown = signed_in.get(LIST).content.decode()
    for said in ("To the board", "weekly, target 99.95 %", "Ops", "1 chosen", " 07:00"):
        assert said in shown
    page = f"{LIST}{schedule.pk}/"
    assert 'value="eu, us"' in signed_in.get(page).content.decode()
    signed_in.post(page, filled(channel.pk, name="Renamed", tags="", enabled=""))
    schedule.refresh_from_db()
    assert (schedule.name, schedule.enabled, schedule.tags.count(), schedule.services.count()) == (
        "Renamed",
        False,
        0,
        0,
    )
    assert "none: disabled" in signed_in.get(LIST).content.decode()
    answer = signed_in.post(f"{page}send/", follow=True)
    assert "It is on its way to Ops" in answer.content.decode()
    assert Message.objects.get().event == "report"
    assert "Deleted: " in signed_in.post(f"{page}delete/", follow=True).content.decode()
    assert not ReportSchedule.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"channel": "0"}, "channel"),
        ({"channel": "x"}, "channel"),
        ({"every": "daily"}, "every"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        *(({"target_percent": value}, "target_percent") for value in ("", "0", "101", "nan")),
        ({"services": ["999"]}, "services"),
        ({"tags": "x" * 51}, "tags"),
    ],
)
def test_what_makes_no_sense_is_said_where_it_stands(
    signed_in: Client, values: dict[str, Any], field: str
) -> None:
    answer = signed_in.post(f"{LIST}add/", filled(an_email_channel().pk, **values))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not ReportSchedule.objects.exists()


def test_only_email_channels_can_be_chosen(signed_in: Client) -> None:
    webhook = a_channel()
    answer = signed_in.post(f"{LIST}add/", filled(webhook.pk))
    assert list(answer.context["form"].errors) == ["channel"]


def test_what_cannot_be_sent_says_why(signed_in: Client) -> None:
    schedule = a_schedule(channel=an_email_channel(enabled=False))
    shown = signed_in.post(f"{LIST}{schedule.pk}/send/", follow=True).content.decode()
    assert "Its channel is disabled" in shown
    assert "none: its channel is disabled" in shown


def test_what_is_gone_is_not_found(signed_in: Client) -> None:
    for path in ("7/delete/", "7/send/", "7/"):
        assert signed_in.post(LIST + path).status_code == 404


def test_many_take_the_queries_of_one(signed_in: Client, django_assert_num_queries: Any) -> None:
    for count in (1, 2):
        for number in range(count):
            channel = an_email_channel(f"C{count}{number}")
            a_schedule(tags=("a", "b"), services=(a_service().pk,), channel=channel)
        with django_assert_num_queries(9):
            signed_in.get(LIST)


def test_staff_see_and_delete_them(signed_in: Client) -> None:
    schedule = a_schedule(name="To the board")
    assert "To the board" in signed_in.get("/admin/monitors/reportschedule/").content.decode()
    assert signed_in.get("/admin/monitors/reportschedule/add/").status_code == 403
    path = f"/admin/monitors/reportschedule/{schedule.pk}/"
    assert signed_in.get(f"{path}change/").status_code == 200
    signed_in.post(f"{path}delete/", {"post": "yes"})
    assert not ReportSchedule.objects.exists()
