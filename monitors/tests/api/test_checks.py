from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitors.actions.results import Finding, record
from monitors.domain.result import Status
from monitors.models import Service, ServiceStatus
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_result, a_service, checked
from monitors.tests.local_server import LocalServer

# The check runs on an event loop of its own, so its transaction must be real.
pytestmark = pytest.mark.django_db(transaction=True)


def test_status_checks_now_and_stores_the_result(api: Client, target: LocalServer) -> None:
    service = a_service(name="Example Service", url=target.url, now=timezone.now())
    began = timezone.now()
    found = api.get(f"/api/v1/services/{service.pk}/status").json()
    assert set(found) == {
        "id",
        "service",
        "status",
        "response_time_ms",
        "reason",
        "message",
        "status_code",
        "checked_at",
        "phases",
        "location",
    }
    told = ("service", "status", "reason", "message", "status_code")
    assert [found[name] for name in told] == ["Example Service", "UP", "ok", "200 OK", 200]
    assert set(found["phases"]) == {"dns_ms", "connect_ms", "tls_ms", "wait_ms", "transfer_ms"}
    assert found["phases"]["tls_ms"] is None
    spent = sum(value for value in found["phases"].values() if value is not None)
    assert found["response_time_ms"] == pytest.approx(spent, abs=1)
    assert 0 < found["response_time_ms"] < 5_000
    row = ServiceStatus.objects.get()
    assert (row.pk, row.status, row.service_id) == (found["id"], "UP", service.pk)
    assert timedelta() <= row.checked_at - began < timedelta(seconds=5)
    assert found["checked_at"].endswith("Z")
    assert Service.objects.get().state == "UP"


@pytest.mark.usefixtures("no_place_left")
def test_one_check_too_many_is_told_to_come_again(api: Client, target: LocalServer) -> None:
    service = a_service(url=target.url, now=timezone.now())
    answer = api.get(f"/api/v1/services/{service.pk}/status")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert answer.json()["error"] == {
        "code": "busy",
        "message": "Many checks are under way on request; try again in a few seconds.",
        "fields": {},
    }
    assert target.requests == []


def test_a_broken_service_is_down_with_the_reason(api: Client, target: LocalServer) -> None:
    service = a_service(url=target.url, now=timezone.now())
    target.status = 503
    found = api.get(f"/api/v1/services/{service.pk}/status").json()
    assert (found["status"], found["reason"], found["status_code"]) == ("DOWN", "http_status", 503)
    assert found["message"] == "503 Service Unavailable (expected 200-299)"


def test_settings_that_cannot_be_read_are_the_services_own_trouble(
    api: Client, target: LocalServer
) -> None:
    service = a_service(url=target.url, now=timezone.now())
    Service.objects.filter(pk=service.pk).update(expected_status="2xx")
    found = api.get(f"/api/v1/services/{service.pk}/status").json()
    assert (found["status"], found["reason"], found["response_time_ms"]) == (
        "UNKNOWN",
        "internal",
        None,
    )
    assert found["message"].startswith("not checked: “2xx” is not a status code")
    assert (target.requests, Service.objects.get().state) == ([], "UNKNOWN")


def test_history_is_newest_first_and_pages_by_time(api: Client) -> None:
    service = checked(a_service(), Status.UP, Status.DOWN, Status.DEGRADED)
    path = f"/api/v1/services/{service.pk}/history"
    assert [check["status"] for check in api.get(path).json()] == ["DEGRADED", "DOWN", "UP"]
    assert [check["status"] for check in api.get(f"{path}?limit=1").json()] == ["DEGRADED"]
    before = noon_plus(120).isoformat().replace("+00:00", "Z")
    older = api.get(path, {"before": before}).json()
    assert [(check["status"], check["checked_at"]) for check in older] == [
        ("UP", "2026-03-01T12:01:00Z")
    ]


def test_history_goes_on_behind_a_check_also_among_those_of_one_time(api: Client) -> None:
    service = a_service()
    for at in (60, 60, 60, 120, 120, 180):
        record([Finding(service.pk, a_result(at=noon_plus(at)))], noon_plus(at))
    path = f"/api/v1/services/{service.pk}/history"
    ids = [check["id"] for check in api.get(path).json()]
    walked: list[int] = []
    while part := api.get(
        path, {"limit": 2} | ({"before_id": walked[-1]} if walked else {})
    ).json():
        walked += [check["id"] for check in part]
    assert walked == ids
    assert len(ids) == 6
    other = a_service()
    assert api.get(f"/api/v1/services/{other.pk}/history?before_id={ids[0]}").json() == []


def test_history_of_a_new_service_is_empty(api: Client) -> None:
    service = a_service()
    assert api.get(f"/api/v1/services/{service.pk}/history").json() == []
