from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from monitors.actions import maintenance, services
from monitors.models import MaintenanceOccurrence, MaintenanceWindow
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

JSON = "application/json"
URL = "/api/v1/maintenance/"
TOMORROW = datetime.now(UTC).replace(hour=2, minute=30, second=0, microsecond=0) + timedelta(days=1)
WORK = {"name": "Database move", "starts_at": TOMORROW.isoformat(), "duration_s": 3_600}


def iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def planned(api: Client, **given: Any) -> dict[str, Any]:
    answer = api.post(URL, WORK | given, content_type=JSON)
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def test_maintenance_is_planned_with_its_next_five_times(api: Client) -> None:
    service = a_service(tags=["db"])
    found = planned(api, rrule="FREQ=DAILY", services=[service.pk], tags=["db"])
    days = [TOMORROW + timedelta(days=number) for number in range(5)]
    assert found == {
        "id": MaintenanceWindow.objects.get().pk,
        "name": "Database move",
        "starts_at": iso(TOMORROW),
        "duration_s": 3_600,
        "rrule": "FREQ=DAILY",
        "time_zone": "UTC",
        "services": [service.pk],
        "tags": ["db"],
        "for_all": False,
        "next": [{"starts_at": iso(day), "ends_at": iso(day + timedelta(hours=1))} for day in days],
    }
    assert api.get(f"{URL}{found['id']}/").json() == found
    assert api.get(URL).json() == [found]
    assert MaintenanceWindow.objects.get().created_by == "API key “tests”"


def test_without_a_rule_it_comes_once_for_all(api: Client) -> None:
    found = planned(api)
    assert (found["rrule"], found["for_all"]) == (None, True)
    assert [each["starts_at"] for each in found["next"]] == [iso(TOMORROW)]


def test_what_lasts_is_the_first_of_the_next(api: Client) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    found = planned(api, starts_at=iso(now - timedelta(minutes=5)), rrule="FREQ=DAILY;COUNT=2")
    assert [each["starts_at"] for each in found["next"]] == [
        iso(now - timedelta(minutes=5)),
        iso(now + timedelta(days=1, minutes=-5)),
    ]


def test_time_in_the_past_is_left_out_of_uptime_at_once(api: Client) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    service = a_service(now=now - timedelta(days=1))
    planned(api, starts_at=iso(now - timedelta(hours=3)), services=[service.pk])
    assert service.exclusions.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "two\nlines"),
        ("name", 5),
        ("starts_at", "tomorrow"),
        ("starts_at", "8999-01-01T00:00:00Z"),
        ("starts_at", "1990-01-01T00:00:00Z"),
        ("starts_at", None),
        ("duration_s", 59),
        ("duration_s", 31 * 86_400),
        ("duration_s", "3600"),
        ("rrule", "FREQ=MINUTELY"),
        ("rrule", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
        ("rrule", "FREQ=DAILY\nDTSTART:20200101T000000Z"),
        ("rrule", "x" * 501),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
        ("time_zone", ""),
        ("services", [0]),
        ("services", [2**62]),
        ("services", ["1"]),
        ("services", list(range(1, 502))),
        ("tags", ["a,b"]),
        ("tags", [" "]),
        ("tags", [str(number) for number in range(21)]),
        ("unknown", 1),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(api: Client, field: str, value: Any) -> None:
    answer = api.post(URL, WORK | {field: value}, content_type=JSON)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])
    assert not MaintenanceWindow.objects.exists()


def test_it_may_not_come_again_before_it_is_over(api: Client) -> None:
    given = WORK | {"rrule": "FREQ=HOURLY", "duration_s": 3_601}
    answer = api.post(URL, given, content_type=JSON)
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"] == {"duration_s": "It comes again before it is over."}


def test_a_change_is_of_what_is_given(api: Client) -> None:
    service = a_service()
    found = planned(api, rrule="FREQ=WEEKLY", services=[service.pk])
    url = f"{URL}{found['id']}/"
    longer = api.patch(url, {"duration_s": 7_200}, content_type=JSON).json()
    assert (longer["rrule"], longer["services"]) == ("FREQ=WEEKLY", [service.pk])
    assert longer["next"][0]["ends_at"] == iso(TOMORROW + timedelta(hours=2))
    once = api.patch(url, {"rrule": None, "services": []}, content_type=JSON).json()
    assert (once["rrule"], once["for_all"], len(once["next"])) == (None, True, 1)


def test_what_has_lost_its_services_does_not_become_for_all(api: Client) -> None:
    service = a_service()
    url = f"{URL}{planned(api, services=[service.pk])['id']}/"
    services.delete(service.pk, datetime.now(UTC))
    assert api.patch(url, {"name": "Other"}, content_type=JSON).json()["for_all"] is False
    assert api.patch(url, {"services": []}, content_type=JSON).json()["for_all"] is True


def test_what_is_over_is_not_changed(api: Client) -> None:
    found = planned(api, starts_at=iso(datetime.now(UTC) - timedelta(hours=3)))
    answer = api.patch(f"{URL}{found['id']}/", {"duration_s": 7_200}, content_type=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


def test_a_change_that_makes_no_sense_changes_nothing(api: Client) -> None:
    found = planned(api)
    answer = api.patch(f"{URL}{found['id']}/", {"rrule": "FREQ=NEVER"}, content_type=JSON)
    assert answer.status_code == 422
    assert api.get(f"{URL}{found['id']}/").json() == found


def test_deleted_it_is_gone(api: Client) -> None:
    url = f"{URL}{planned(api)['id']}/"
    assert api.delete(url).status_code == 204
    assert [call(url).status_code for call in (api.get, api.delete)] == [404, 404]
    assert api.patch(url, {}, content_type=JSON).status_code == 404
    assert api.get(URL).json() == []
    assert not MaintenanceOccurrence.objects.exists()


def test_it_takes_a_key(client: Client) -> None:
    assert client.get(URL).status_code == 401
    assert client.post(URL, WORK, content_type=JSON).status_code == 401


def test_the_list_takes_the_same_queries_for_one_and_for_three(
    api: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    service = a_service(tags=["db"])
    for count in (1, 2):
        for _ in range(count):
            planned(api, rrule="FREQ=HOURLY", services=[service.pk], tags=["db"])
        with django_assert_num_queries(5):
            assert {len(each["next"]) for each in api.get(URL).json()} == {5}
    assert len(api.get(URL, {"limit": 2}).json()) == 2
    maintenance.delete(MaintenanceWindow.objects.earliest("pk").pk, datetime.now(UTC))
    assert len(api.get(URL).json()) == 2
