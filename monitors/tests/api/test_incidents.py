from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from monitors.domain.alerting import Event, Fate
from monitors.domain.result import Status
from monitors.models import Incident, IncidentEvent, Service
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service, checked
from monitors.tests.incidents import CHECKED, a_delivery, an_alert, an_incident, channel_named

pytestmark = pytest.mark.django_db

JSON = "application/json"
URL = "/api/v1/incidents/"


def ids(answer: Any) -> list[int]:
    return [incident["id"] for incident in answer.json()]


def test_a_list_of_incidents_newest_first(api: Client) -> None:
    service = a_service(name="Shop")
    first = an_incident(service, 0, end=90)
    second = an_incident(service, 100)
    answer = api.get(URL)
    assert ids(answer) == [second.pk, first.pk]
    assert answer.json()[1] == {
        "id": first.pk,
        "service": "Shop",
        "service_id": service.pk,
        "url": service.url,
        "started_at": "2026-03-01T12:00:00Z",
        "resolved_at": "2026-03-01T12:01:30Z",
        "reason": "connect",
        "message": CHECKED,
        "duration_s": 90,
        "ending": "recovered",
        "cause": "fault",
        "acknowledged_at": None,
        "acknowledged_by": "",
        "snoozed_until": None,
    }
    assert answer.json()[0]["resolved_at"] is None
    assert answer.json()[0]["duration_s"] > 0


def test_no_incident_is_an_empty_list(api: Client) -> None:
    assert api.get(URL).json() == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"open": "true"}, ["new"]),
        ({"open": "false"}, ["old", "gone"]),
        ({"service": "shop"}, ["new", "old"]),
        ({"service": "Shop"}, ["new", "old"]),
        ({"service": "nothing"}, []),
        ({"tag": "web"}, ["new", "old"]),
        ({"tag": "we"}, []),
        ({"from": noon_plus(85).isoformat()}, ["new", "old"]),
        ({"from": noon_plus(90).isoformat()}, ["new"]),
        ({"to": noon_plus(100).isoformat()}, ["old", "gone"]),
        ({"from": noon_plus(10).isoformat(), "to": noon_plus(20).isoformat()}, ["old"]),
    ],
)
def test_filters(api: Client, query: dict[str, str], found: list[str]) -> None:
    service = a_service(name="Shop", tags=["web"])
    made = {
        "gone": an_incident(start=-50, end=-20, service_name="Old", service_url="x"),
        "old": an_incident(service, 0, end=90),
        "new": an_incident(service, 100),
    }
    Incident.objects.filter(pk=made["gone"].pk).update(service=None)
    assert ids(api.get(URL, query)) == [made[name].pk for name in found]


def test_a_number_is_that_of_a_service(api: Client) -> None:
    service, other = a_service(), a_service(name="other")
    incident = an_incident(service)
    an_incident(other)
    assert ids(api.get(URL, {"service": service.pk})) == [incident.pk]


def test_a_list_is_read_on_from_its_last(api: Client) -> None:
    service = a_service()
    made = [an_incident(service, start, end=start).pk for start in (0, 10, 10, 20)][::-1]
    assert ids(api.get(URL, {"limit": 2})) == made[:2]
    assert ids(api.get(URL, {"limit": 2, "before_id": made[1]})) == made[2:]
    assert ids(api.get(URL, {"before_id": 10**9})) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"open": "perhaps"}, "open"),
        ({"from": "yesterday"}, "from"),
        ({"from": NOON.isoformat(), "to": NOON.isoformat()}, "from"),
        ({"limit": "0"}, "limit"),
        ({"before_id": "x"}, "before_id"),
        ({"service": "x" * 201}, "service"),
    ],
)
def test_a_wrong_filter_is_named(api: Client, query: dict[str, str], field: str) -> None:
    answer = api.get(URL, query)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])


def test_the_list_takes_the_same_queries_for_one_and_for_three(
    api: Client, django_assert_num_queries: Any
) -> None:
    api.get(URL)
    for _ in range(2):
        a_delivery(an_incident(a_service(tags=["web"])), (1, True, "ok"))
        with django_assert_num_queries(2):
            api.get(URL)


def test_one_incident_has_its_evidence_and_deliveries(api: Client) -> None:
    evidence = {"address": "192.0.2.7", "redirects": [], "headers": [["a", "b"]], "body_start": ""}
    incident = an_incident(evidence=evidence, note="Disk full.", end=90)
    a_delivery(incident, (5, False, "450 try later"), (10, True, "250 queued"))
    an_alert(incident, fate=Fate.OVER, channel=channel_named("Late"), due_at=noon_plus(300))
    found = api.get(f"{URL}{incident.pk}/").json()
    assert (found["evidence"], found["note"], found["cause"]) == (evidence, "Disk full.", "fault")
    assert found["deliveries"] == [
        {
            "channel": "Ops",
            "event": "down",
            "event_id": "msg_1",
            "delivered_at": "2026-03-01T12:00:10Z",
            "attempts": [
                {"at": "2026-03-01T12:00:05Z", "delivered": False, "answer": "450 try later"},
                {"at": "2026-03-01T12:00:10Z", "delivered": True, "answer": "250 queued"},
            ],
        }
    ]
    assert found["untold"] == [
        {
            "channel": "Late",
            "event": "down",
            "due_at": "2026-03-01T12:05:00Z",
            "waits": False,
            "why": "not told: it was well again before it was time",
        }
    ]


def test_a_message_of_two_alerts_is_one_delivery(api: Client) -> None:
    incident = an_incident()
    message = a_delivery(incident, (5, True, "ok"))
    an_alert(incident, Event.REMINDER, Fate.TOLD, message=message, about="reminder:1")
    assert len(api.get(f"{URL}{incident.pk}/").json()["deliveries"]) == 1


def test_an_incident_outlives_its_service(api: Client) -> None:
    service = a_service(name="Shop")
    incident = an_incident(service, end=60)
    api.delete(f"/api/v1/services/{service.pk}/")
    found = api.get(f"{URL}{incident.pk}/").json()
    assert (found["service"], found["service_id"]) == ("Shop", None)
    assert ids(api.get(URL)) == [incident.pk]


def test_acknowledging_keeps_the_first(api: Client) -> None:
    incident = an_incident()
    path = f"{URL}{incident.pk}/acknowledge"
    first = api.post(path, {"note": "on it", "snooze_minutes": 30}, JSON).json()
    assert (first["acknowledged_by"], first["note"]) == ("API key “tests”", "on it")
    assert first["snoozed_until"] is not None
    second = api.post(path, {}, JSON)
    assert second.status_code == 200
    assert second.json() == first | {"duration_s": second.json()["duration_s"]}
    kinds = IncidentEvent.objects.filter(incident=incident).order_by("id")
    assert list(kinds.values_list("kind", "text", "actor")) == [
        ("acknowledged", "", "API key “tests”"),
        ("snoozed", "No alerts for 30 min", "API key “tests”"),
        ("noted", "on it", "API key “tests”"),
    ]


def test_a_resolved_incident_can_be_acknowledged_but_not_snoozed(api: Client) -> None:
    path = f"{URL}{an_incident(end=60).pk}/acknowledge"
    refused = api.post(path, {"snooze_minutes": 5}, JSON)
    assert (refused.status_code, refused.json()["error"]["fields"]) == (
        409,
        {"snooze_minutes": ("This incident is resolved already: there is nothing to snooze.")},
    )
    assert api.post(path, {"note": "seen"}, JSON).json()["note"] == "seen"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"snooze_minutes": 0}, "snooze_minutes"),
        ({"snooze_minutes": 10_081}, "snooze_minutes"),
        ({"snooze_minutes": "5"}, "snooze_minutes"),
        ({"note": "x" * 10_001}, "note"),
        ({"note": 5}, "note"),
        ({"nonsense": 5}, "nonsense"),
    ],
)
def test_a_wrong_acknowledgement_is_named(api: Client, body: dict[str, Any], field: str) -> None:
    incident = an_incident()
    answer = api.post(f"{URL}{incident.pk}/acknowledge", body, JSON)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])
    assert Incident.objects.get().acknowledged_at is None


def an_outage() -> tuple[Service, Incident]:
    """Make a service that was down from a minute to two minutes after noon, and its incident."""
    service = checked(a_service(failures_before_down=1), Status.UP, Status.DOWN, Status.UP)
    Incident.objects.all().delete()
    return service, an_incident(service, 120, end=180)


def uptime(api: Client, service: Service) -> dict[str, float]:
    window = {"from": noon_plus(60).isoformat(), "to": noon_plus(240).isoformat()}
    found = api.get(f"/api/v1/services/{service.pk}/uptime", window).json()
    return {name: seconds for name, seconds in found.items() if seconds}


@pytest.mark.parametrize(
    ("cause", "seconds"),
    [
        ("planned", {"up_s": 120, "maintenance_s": 60, "uptime_percent": 100}),
        ("monitor", {"up_s": 120, "unknown_s": 60, "uptime_percent": 100}),
        ("excluded", {"up_s": 120, "unknown_s": 60, "uptime_percent": 100}),
        ("fault", {"up_s": 120, "down_s": 60, "uptime_percent": 66.6666}),
    ],
)
def test_uptime_follows_at_once(api: Client, cause: str, seconds: dict[str, float]) -> None:
    service, incident = an_outage()
    before = uptime(api, service)
    assert before == {"up_s": 120, "down_s": 60, "uptime_percent": 66.6666}
    path = f"{URL}{incident.pk}/reclassify"
    answer = api.post(path, {"cause": cause, "reason": "a new switch"}, JSON)
    assert (answer.status_code, answer.json()["cause"]) == (200, cause)
    assert uptime(api, service) == seconds
    event = IncidentEvent.objects.get(incident=incident, kind="reclassified")
    assert event.text.endswith(": a new switch")
    # And back.
    api.post(path, {"cause": "fault", "reason": "it was not"}, JSON)
    assert uptime(api, service) == before


def test_a_part_of_it_is_reclassified_and_never_more_than_it(api: Client) -> None:
    service, incident = an_outage()
    body = {
        "cause": "planned",
        "reason": "work",
        "from": noon_plus(0).isoformat(),
        "to": noon_plus(150).isoformat(),
    }
    api.post(f"{URL}{incident.pk}/reclassify", body, JSON)
    found = uptime(api, service)
    assert (found["maintenance_s"], found["down_s"], found["up_s"]) == (30, 30, 120)
    event = IncidentEvent.objects.get(incident=incident)
    assert event.text == (
        "Planned maintenance: work (1 Mar 2026, 12:02:00 to 1 Mar 2026, 12:02:30 UTC)"
    )


def test_the_end_may_be_given_as_it_was_read(api: Client) -> None:
    service, incident = an_outage()
    body = {
        "cause": "planned",
        "reason": "work",
        "from": incident.started_at.isoformat(),
        "to": noon_plus(179.9995).isoformat(),
    }
    api.post(f"{URL}{incident.pk}/reclassify", body, JSON)
    assert "down_s" not in uptime(api, service)


def test_an_open_incident_is_reclassified_up_to_now(api: Client) -> None:
    now = timezone.now()
    service = checked(
        a_service(failures_before_down=1, now=now - timedelta(minutes=2)), Status.DOWN
    )
    Incident.objects.all().delete()
    incident = an_incident(service)
    Incident.objects.update(started_at=now - timedelta(minutes=1))
    api.post(f"{URL}{incident.pk}/reclassify", {"cause": "monitor", "reason": "our disk"}, JSON)
    (exclusion,) = service.exclusions.all()
    assert now <= exclusion.ended_at <= timezone.now()


def test_that_of_a_deleted_service_only_says_so(api: Client) -> None:
    service, incident = an_outage()
    api.delete(f"/api/v1/services/{service.pk}/")
    answer = api.post(
        f"{URL}{incident.pk}/reclassify", {"cause": "planned", "reason": "moved"}, JSON
    )
    assert (answer.status_code, answer.json()["cause"]) == (200, "planned")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cause": "weather"}, "cause"),
        ({"cause": None}, "cause"),
        ({"reason": ""}, "reason"),
        ({"reason": " \t\x1c"}, "reason"),
        ({"reason": "x" * 1_001}, "reason"),
        ({"from": "yesterday"}, "from"),
        ({"from": "0001-01-01T00:00:00Z"}, "from"),
        ({"from": noon_plus(180).isoformat()}, "from"),
        ({"to": noon_plus(120).isoformat()}, "from"),
        ({"from": noon_plus(0).isoformat(), "to": noon_plus(60).isoformat()}, "to"),
        ({"from": noon_plus(150).isoformat(), "to": noon_plus(140).isoformat()}, "from"),
    ],
)
def test_a_wrong_reclassification_is_named(api: Client, change: dict[str, Any], field: str) -> None:
    service, incident = an_outage()
    body = {"cause": "planned", "reason": "work"} | change
    answer = api.post(f"{URL}{incident.pk}/reclassify", body, JSON)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])
    assert not service.exclusions.exists()


@pytest.mark.parametrize("path", ["999/", f"{10**30}/"])
def test_an_unknown_incident_is_not_found(api: Client, path: str) -> None:
    assert api.get(f"{URL}{path}").status_code == 404
    for verb, body in (("acknowledge", {}), ("reclassify", {"cause": "fault", "reason": "x"})):
        assert api.post(f"{URL}{path}{verb}", body, JSON).status_code == 404
