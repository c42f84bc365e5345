from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from monitors.actions import maintenance, services
from monitors.actions.maintenance import Plan
from monitors.domain.maintenance import Schedule
from monitors.models import MaintenanceOccurrence, MaintenanceWindow, Service
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
WORK = {
    "name": "Database move",
    "starts_at": f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}T22:00",
    "time_zone": "Europe/Berlin",
    "minutes": "90",
    "repeats": "once",
    "about": "all",
}


def planned(
    starts_in: timedelta = HOUR, rrule: str = "", name: str = "Move", **covers: Any
) -> MaintenanceWindow:
    now = datetime.now(UTC)
    given = {kind: frozenset(value) for kind, value in covers.items()}
    schedule = Schedule(now + starts_in, HOUR, rrule)
    return maintenance.create(Plan(name, schedule, for_all=not given, **given), now, "ada")


def window() -> MaintenanceWindow:
    return MaintenanceWindow.objects.get()


def test_without_any_the_page_says_what_it_is_for(signed_in: Client) -> None:
    page = signed_in.get("/maintenance/").content.decode()
    assert "No maintenance is planned" in page
    assert "/maintenance/add/" in page


def test_the_page_shows_what_lasts_comes_and_is_past(signed_in: Client) -> None:
    planned(timedelta(minutes=-5), name="Lasting")
    planned(HOUR, "FREQ=DAILY", name="Daily", tags={"db"})
    planned(timedelta(hours=-9), name="Over")
    deleted = planned(timedelta(minutes=-1), name="Taken back")
    maintenance.delete(deleted.pk, datetime.now(UTC))
    page = signed_in.get("/maintenance/").content.decode()
    now, coming, past = (page.index(f'id="{part}"') for part in ("running", "coming", "past"))
    assert now < page.index("Lasting") < coming < page.index(">Daily<") < past
    assert past < page.index("Taken back") < page.index("Over")
    assert page.count("End now") == 1
    assert "every day" in page
    assert "tag db" in page


def test_what_is_past_is_paged(signed_in: Client) -> None:
    start = timedelta(days=-60, minutes=-90)
    planned(start, "FREQ=DAILY;COUNT=60", name="Nightly")
    page = signed_in.get("/maintenance/")
    assert len(page.context["page"].past) == 50
    assert len(signed_in.get("/maintenance/?past=50").context["page"].past) == 10
    assert signed_in.get("/maintenance/?past=x").status_code == 200
    assert signed_in.get("/maintenance/?past=999999999999999999").status_code == 200


def test_the_page_takes_the_same_queries_for_one_and_for_three(
    signed_in: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    service = a_service(tags=["db"])
    for count in (1, 2):
        for _ in range(count):
            for starts_in in (timedelta(hours=-3), timedelta(minutes=-5), HOUR):
                planned(starts_in, tags={"db"}, service_ids={service.pk})
        with django_assert_num_queries(11):
            signed_in.get("/maintenance/")


def test_maintenance_is_planned_by_the_clocks_of_its_zone(signed_in: Client) -> None:
    answer = signed_in.post("/maintenance/add/", WORK | {"repeats": "daily"})
    assert answer.status_code == 302, answer.context["form"].errors
    made = window()
    assert (made.name, made.duration_s, made.rrule) == ("Database move", 5_400, "FREQ=DAILY")
    assert (made.time_zone, made.created_by, made.orphaned) == ("Europe/Berlin", "ada", False)
    assert made.starts_at.hour in {20, 21}
    assert made.occurrences.count() >= 58


def test_it_may_be_for_some(signed_in: Client) -> None:
    service, other = a_service(), a_service(name="Shop")
    given = {"about": "some", "tags": "db, web", "services": [service.pk], "others": "Shop\n"}
    assert signed_in.post("/maintenance/add/", WORK | given).status_code == 302
    made = window()
    assert set(made.services.values_list("pk", flat=True)) == {service.pk, other.pk}
    assert set(made.tags.values_list("name", flat=True)) == {"db", "web"}


def test_one_service_is_proposed_where_it_is_asked_from(signed_in: Client) -> None:
    service = a_service()
    form = signed_in.get(f"/maintenance/add/?service={service.pk}").context["form"]
    assert form["services"].value() == [service.pk]
    assert signed_in.get("/maintenance/add/?service=x").status_code == 200


def test_before_anything_is_saved_the_next_five_are_shown(signed_in: Client) -> None:
    asked = WORK | {"preview": "1", "repeats": "weekly", "weekdays": ["MO", "FR"]}
    answer = signed_in.post("/maintenance/add/", asked)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Every week on Monday and Friday. The next 5 times:" in page
    assert page.count("22:00 \N{EN DASH} 23:30 (UTC+0") == 5
    part = signed_in.post("/maintenance/add/", asked, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "The next 5 times:" in part.content.decode()
    assert not MaintenanceWindow.objects.exists()


def test_a_change_of_clocks_is_seen_in_the_preview(signed_in: Client) -> None:
    # By law, on the last Sunday of October; a day of 25 hours.
    year = datetime.now(UTC).year + 1
    night = max(day for day in range(25, 32) if datetime(year, 10, day, tzinfo=UTC).weekday() == 6)
    asked = WORK | {"preview": "1", "starts_at": f"{year}-10-{night - 1}T23:00", "minutes": "300"}
    page = signed_in.post("/maintenance/add/", asked).content.decode()
    assert f"Sun {night} Oct {year}, 03:00 (UTC+02:00, then UTC+01:00)" in page


def test_times_are_shown_while_the_rest_is_not_filled_in(signed_in: Client) -> None:
    asked = WORK | {"preview": "1", "name": "", "about": "some"}
    page = signed_in.post("/maintenance/add/", asked, headers={"HX-Request": "true"})
    assert "The last time:" in page.content.decode()


def test_the_past_is_announced_before_it_is_saved(signed_in: Client) -> None:
    past = f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d}T22:00"
    page = signed_in.post("/maintenance/add/", WORK | {"preview": "1", "starts_at": past})
    assert "1 time in the past: excluded from uptime" in page.content.decode()


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("name", {"name": "a\x00b"}),
        ("name", {"name": "x" * 201}),
        ("starts_at", {"starts_at": "soon"}),
        ("starts_at", {"starts_at": "9999-12-31T23:59"}),
        ("starts_at", {"starts_at": "0001-01-01T00:00"}),
        ("starts_at", {"starts_at": "2026-02-30T00:00"}),
        ("minutes", {"minutes": "0"}),
        ("minutes", {"minutes": "99999999999999999999"}),
        ("minutes", {"repeats": "daily", "minutes": "1441"}),
        ("time_zone", {"time_zone": "Mars/Olympus"}),
        ("repeats", {"repeats": "sometimes"}),
        ("weekdays", {"repeats": "weekly", "weekdays": ["XX"]}),
        ("rrule", {"repeats": "custom"}),
        ("rrule", {"repeats": "custom", "rrule": "FREQ=MINUTELY"}),
        ("rrule", {"repeats": "custom", "rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}),
        ("until", {"repeats": "daily", "until": "2020-01-01"}),
        ("until", {"repeats": "daily", "until": "never"}),
        ("about", {"about": "some"}),
        ("about", {"about": "x"}),
        ("tags", {"about": "some", "tags": "x" * 51}),
        ("services", {"about": "some", "services": ["999"]}),
        ("services", {"about": "some", "services": ["99999999999999999999"]}),
        ("others", {"about": "some", "others": "nobody"}),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    signed_in: Client, field: str, changed: dict[str, Any]
) -> None:
    answer = signed_in.post("/maintenance/add/", WORK | changed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not MaintenanceWindow.objects.exists()


@pytest.mark.parametrize(
    "choice",
    [
        {"repeats": "once"},
        {"repeats": "daily", "until": f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"},
        {"repeats": "weekly", "weekdays": ["MO", "FR"]},
        {"repeats": "monthly-day"},
        {"repeats": "monthly-last"},
        {"repeats": "monthly-weekday"},
        {"repeats": "custom", "rrule": "FREQ=YEARLY"},
    ],
)
def test_what_is_opened_and_saved_stays_as_it_is(signed_in: Client, choice: dict[str, Any]) -> None:
    service = a_service()
    given = WORK | choice | {"about": "some", "services": [service.pk]}
    assert signed_in.post("/maintenance/add/", given).status_code == 302
    made = window()
    before = list(MaintenanceOccurrence.objects.values_list("pk", flat=True))
    form = signed_in.get(f"/maintenance/{made.pk}/edit/").context["form"]
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in shown.items() if value not in (None, "")}
    answer = signed_in.post(f"/maintenance/{made.pk}/edit/", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert list(MaintenanceOccurrence.objects.values_list("pk", flat=True)) == before
    assert window().rrule == made.rrule


def test_a_change_is_saved(signed_in: Client) -> None:
    made = planned(timedelta(days=1))
    assert signed_in.post(f"/maintenance/{made.pk}/edit/", WORK).status_code == 302
    assert (window().name, window().duration_s) == ("Database move", 5_400)


def test_what_is_over_is_not_changed(signed_in: Client) -> None:
    made = planned(timedelta(hours=-9))
    answer = signed_in.post(f"/maintenance/{made.pk}/edit/", WORK)
    assert answer.status_code == 422
    assert "This maintenance is over" in answer.content.decode()


def test_it_is_deleted_after_a_question(signed_in: Client) -> None:
    made = planned()
    assert "Delete Move?" in signed_in.get(f"/maintenance/{made.pk}/delete/").content.decode()
    assert signed_in.post(f"/maintenance/{made.pk}/delete/").status_code == 302
    assert signed_in.get(f"/maintenance/{made.pk}/edit/").status_code == 404
    assert signed_in.post(f"/maintenance/{made.pk}/delete/").status_code == 404
    assert not MaintenanceOccurrence.objects.exists()


def test_one_service_starts_and_ends_from_its_page(signed_in: Client) -> None:
    service = a_service(now=datetime.now(UTC))
    url = f"/services/{service.pk}/"
    assert "Maintenance for 1 h" in signed_in.get(url).content.decode()
    assert signed_in.post(f"{url}maintenance/").url == url  # type: ignore[attr-defined]
    page = signed_in.get(url).content.decode()
    assert "In maintenance until" in page
    assert "Maintenance for 1 h" not in page
    ended = signed_in.post(f"/maintenance/{window().pk}/end/", {"service": service.pk})
    assert ended.url == url  # type: ignore[attr-defined]
    assert "In maintenance until" not in signed_in.get(url).content.decode()
    again = signed_in.post(f"/maintenance/{window().pk}/end/", follow=True)
    assert "This maintenance is over already." in again.content.decode()


def test_a_service_page_says_what_comes_next(signed_in: Client) -> None:
    service = a_service()
    planned(HOUR, name="Later", service_ids={service.pk})
    assert "Next maintenance:" in signed_in.get(f"/services/{service.pk}/").content.decode()


def test_a_service_that_is_gone_is_not_found(signed_in: Client) -> None:
    service = a_service()
    services.delete(service.pk, datetime.now(UTC))
    assert signed_in.post(f"/services/{service.pk}/maintenance/").status_code == 404
    assert not Service.objects.exists()


def test_the_list_and_the_api_say_who_is_in_maintenance(signed_in: Client) -> None:
    named, other = a_service(), a_service()
    planned(timedelta(minutes=-1), service_ids={named.pk})
    page = signed_in.get("/").content.decode()
    assert page.count("Maintenance</span>") == 1
    rows = {row.id: row.in_maintenance for row in signed_in.get("/").context["page"].services}
    assert rows == {named.pk: True, other.pk: False}


@pytest.mark.parametrize("path", ["/maintenance/{pk}/end/", "/services/{service}/maintenance/"])
def test_nothing_happens_by_looking(signed_in: Client, path: str) -> None:
    made, service = planned(timedelta(minutes=-1)), a_service()
    url = path.format(pk=made.pk, service=service.pk)
    assert signed_in.get(url).status_code == 405
