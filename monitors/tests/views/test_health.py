from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from monitors.actions.api_keys import issue
from monitors.actions.gathering import gather
from monitors.domain.result import Status
from monitors.models import Checker
from monitors.tests.factories import a_channel, a_service, checked
from monitors.tests.outages import an_outage

pytestmark = pytest.mark.django_db


def a_checker(name: str, **values: object) -> Checker:
    now = timezone.now()
    return Checker.objects.create(**{"name": name, "started_at": now, "seen_at": now} | values)


def figures(body: bytes) -> dict[str, float]:
    lines = body.decode().splitlines()[1:]
    return {name: float(value) for name, _, value in (line.partition(" ") for line in lines)}


def metrics(body: bytes) -> dict[tuple[str, str], float]:
    """Give every sample by its name and its labels' values."""
    return {
        (sample.name.removeprefix("uptime_site_"), " ".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def test_all_is_well_without_a_login(client: Client) -> None:
    a_checker("a", in_flight=3, checks_per_s=1.5, lag_ms=7, write_ms=12, errors=2)
    a_checker("b", in_flight=1, checks_per_s=2, lag_ms=2, late_ms=40, errors=1, set_aside=2)
    a_checker("gone", seen_at=timezone.now() - timedelta(minutes=1), in_flight=50)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content.splitlines()[0]) == (200, b"ok")
    assert figures(answer.content) == {
        "backlog": 0,
        "overdue": 0,
        "oldest_overdue_s": 0,
        "checkers": 2,
        "in_flight": 4,
        "unwritten": 0,
        "set_aside": 2,
        "checks_per_s": 3.5,
        "loop_lag_ms": 7,
        "late_ms": 40,
        "write_ms": 12,
        "errors": 3,
    }


def test_a_checker_that_cannot_work_is_no_health(client: Client, signed_in: Client) -> None:
    trouble = "its tables are older than this program; run: python manage.py migrate"
    a_checker("a", trouble=trouble)
    a_checker("stopped", trouble="long over", stopped_at=timezone.now())
    answer = client.get("/healthz")
    assert answer.status_code == 503
    first = answer.content.decode().splitlines()[0]
    assert first == "a checker waits for its database"
    page = signed_in.get("/checkers/").content.decode()
    assert (trouble in page, "long over" in page) == (True, False)


def test_late_checks_are_no_health(client: Client) -> None:
    a_service(now=timezone.now() - timedelta(minutes=5))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.content.splitlines()[0] == b"checks are late: 1 overdue, by up to 5 minutes"
    found = figures(answer.content)
    assert (found["backlog"], found["overdue"]) == (1, 1)
    assert found["oldest_overdue_s"] == pytest.approx(300, abs=5)


def test_what_waits_for_a_moment_is_told_and_no_trouble(client: Client) -> None:
    a_service(now=timezone.now() - timedelta(seconds=10))
    a_service(now=timezone.now() + timedelta(seconds=10))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content.splitlines()[0]) == (200, b"ok")
    found = figures(answer.content)
    assert (found["backlog"], found["overdue"]) == (1, 0)
    assert found["oldest_overdue_s"] == pytest.approx(10, abs=5)


def test_a_silent_database_is_no_health(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("monitors.queries.health.backlog", fails)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.content.splitlines()[0] == b"the database does not answer"


def test_metrics_for_prometheus_which_brings_a_key(client: Client) -> None:
    a_checker("a", location="oslo", in_flight=3, lag_ms=7, errors=2)
    a_checker("b", stopped_at=timezone.now(), in_flight=9)
    up = checked(a_service(name='A "quoted" name', now=timezone.now()), Status.UP)
    a_service(now=timezone.now() - timedelta(minutes=5))
    key = issue("prometheus", timezone.now())
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {key}"})
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = metrics(answer.content)
    labels = f"{up.pk} {up.name} {up.url}"
    expected = {
        ("services", "up"): 1,
        ("services", "unknown"): 1,
        ("checks_waiting", ""): 1,
        ("checks_overdue", ""): 1,
        ("checker_up", "a oslo"): 1,
        ("checker_up", "b "): 0,
        ("checks_in_flight", "a oslo"): 3,
        ("loop_lag_seconds", "a oslo"): 0.007,
        ("checker_errors", "a oslo"): 2,
        ("service_up", labels): 1,
        ("service_response_seconds", labels): 0.0125,
    }
    assert {name: found[name] for name in expected} == expected
    assert ("checks_in_flight", "b ") not in found
    assert sum(key[0] == "service_up" for key in found) == 1


def test_metrics_of_what_is_to_be_told(signed_in: Client) -> None:
    now = timezone.now()
    channel = a_channel("ops", deliveries=7, failures=2)
    an_outage(channel, now - timedelta(seconds=90))
    told = an_outage(a_channel("pager", group_s=0), now - timedelta(seconds=40))
    gather(told.channel_id or 0, now - timedelta(seconds=40))
    found = metrics(signed_in.get("/metrics").content)
    assert found["outbox_waiting", "alerts"] == found["outbox_waiting", "messages"] == 1
    assert 60 <= found["outbox_oldest_seconds", "alerts"] < 80
    assert 40 <= found["outbox_oldest_seconds", "messages"] < 60
    assert (found["deliveries_total", "ops"], found["delivery_failures_total", "ops"]) == (7, 2)
    assert (found["deliveries_total", "pager"], found["delivery_failures_total", "pager"]) == (0, 0)


def test_metrics_for_whoever_is_logged_in(signed_in: Client) -> None:
    assert signed_in.get("/metrics").status_code == 200


def test_a_wrong_key_is_told(client: Client) -> None:
    answer = client.get("/metrics", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.content) == (401, b"This is no valid API key.\n")


def test_the_page_shows_who_checks(signed_in: Client) -> None:
    assert "No checker has ever run" in signed_in.get("/checkers/").content.decode()
    a_checker("north", location="oslo")
    a_checker("south", seen_at=timezone.now() - timedelta(minutes=1))
    a_checker("west", stopped_at=timezone.now())
    page = signed_in.get("/checkers/").content.decode().partition("<tbody>")[2]
    states = ("running", "not responding", "stopped")
    words = ("north", states[0], "oslo", "south", states[1], "1 minute ago", "west", states[2])
    places = [page.find(word) for word in words]
    assert sorted(places) == places
    assert -1 not in places
