"""What follows from a change: the incident, what it keeps, and what is to be told of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitors.actions import retention, services
from monitors.actions.results import DueTime, Finding, record
from monitors.actions.story import follow_maintenance
from monitors.domain.alerting import Event, Facts
from monitors.domain.evidence import Evidence
from monitors.domain.result import Status
from monitors.models import (
    Alert,
    Channel,
    FirstFailure,
    Incident,
    MaintenanceOccurrence,
    MaintenanceWindow,
    ServiceStatus,
    Tag,
)
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_channel, a_result, a_service, checked, scheduled

pytestmark = pytest.mark.django_db

UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN
EVIDENCE = Evidence("192.0.2.7", ("http://a.example/",), (("server", "x"),), "Bad gateway")


def lines(incident: Incident) -> list[str]:
    return [f"{line.kind}: {line.text}" for line in incident.events.order_by("at", "id")]


def alerts() -> list[tuple[str, str]]:
    rows = Alert.objects.order_by("created_at", "channel_name", "event", "id")
    return list(rows.values_list("channel_name", "event"))


def test_outage_is_an_incident_from_its_first_failure() -> None:
    service = a_service()
    record([scheduled(service, a_result(UP, noon_plus(60)))], noon_plus(60))
    first = a_result(DOWN, noon_plus(120), message="502 Bad Gateway", evidence=EVIDENCE)
    record([scheduled(service, first)], noon_plus(121))
    assert not Incident.objects.exists()
    assert FirstFailure.objects.get().message == "502 Bad Gateway"
    record([scheduled(service, a_result(DOWN, noon_plus(135)))], noon_plus(136))
    incident = Incident.objects.get()
    assert (incident.started_at, incident.resolved_at) == (noon_plus(120), None)
    assert (incident.reason, incident.message) == ("connect", "502 Bad Gateway")
    assert (incident.service_name, incident.service_url) == (service.name, service.url)
    check = ServiceStatus.objects.get(pk=incident.check_id or 0)
    assert check.checked_at == noon_plus(120)
    assert incident.evidence == {
        "address": "192.0.2.7",
        "redirects": ["http://a.example/"],
        "headers": [["server", "x"]],
        "body_start": "Bad gateway",
    }
    record([scheduled(service, a_result(UP, noon_plus(180)))], noon_plus(180))
    incident.refresh_from_db()
    assert (incident.resolved_at, incident.ending) == (noon_plus(180), "recovered")
    assert lines(incident) == ["opened: 502 Bad Gateway", "resolved: recovered after 1 min"]


def test_incident_keeps_its_evidence_when_the_log_expires() -> None:
    service = a_service(failures_before_down=1)
    failed = a_result(DOWN, noon_plus(60), evidence=EVIDENCE)
    record([scheduled(service, failed)], noon_plus(60))
    retention.expire_checks([service.pk], noon_plus(1_000))
    assert not ServiceStatus.objects.exists()
    evidence = Incident.objects.get().evidence
    assert evidence is not None
    assert evidence["body_start"] == "Bad gateway"


def test_first_failure_of_an_old_streak_is_not_taken_for_that_of_a_new_one() -> None:
    service = a_service()
    for number, (status, message) in enumerate(
        [(UP, "ok"), (DOWN, "old"), (UP, "ok"), (DOWN, "new"), (DOWN, "later")], start=1
    ):
        at = noon_plus(60 * number)
        record([scheduled(service, a_result(status, at, message=message))], at)
    assert Incident.objects.get().message == "new"


def test_locations_lose_no_cause() -> None:
    service = a_service(locations="a, b", locations_before_down=2, failures_before_down=1)
    for location in ("a", "b"):
        due = service.due_checks.get(location=location)
        failed = a_result(DOWN, noon_plus(60), message=f"seen from {location}", evidence=EVIDENCE)
        answered = DueTime(service.pk, location, due.due_at)
        record([Finding(service.pk, failed, answered, location)], noon_plus(61))
    incident = Incident.objects.get()
    assert incident.message == "seen from b"
    assert incident.evidence is not None


@pytest.mark.parametrize(
    ("end", "ending"),
    [
        (lambda pk: services.pause(pk, noon_plus(200)), "paused"),
        (lambda pk: services.edit(pk, {"url_key": "http://b/"}, None, noon_plus(200)), "edited"),
        (lambda pk: services.delete(pk, noon_plus(200)), "deleted"),
    ],
)
def test_what_ends_an_outage_besides_recovery(end: Callable[[int], object], ending: str) -> None:
    channel = a_channel()
    service = checked(a_service(), UP, DOWN, DOWN)
    end(service.pk)
    incident = Incident.objects.get()
    assert (incident.resolved_at, incident.ending) == (noon_plus(200), ending)
    assert incident.service_name == service.name
    assert alerts() == [(channel.name, "down"), (channel.name, "up")]
    facts = Facts.from_json(Alert.objects.get(event="up").facts)
    assert (facts.ending, facts.state, facts.resolved_at) == (ending, "", noon_plus(200))


def test_incident_goes_on_while_nobody_looks() -> None:
    service = checked(a_service(), UP, DOWN, DOWN)
    late = noon_plus(5_000)
    record([scheduled(service, a_result(DOWN, late, message="still refused"))], late)
    incident = Incident.objects.get()
    assert incident.resolved_at is None
    assert [line.split(":")[0] for line in lines(incident)] == ["opened", "unseen", "seen_again"]
    assert len(alerts()) == 0


def test_alerts_are_queued_with_the_change() -> None:
    web, mail = a_channel("web", group_s=30), a_channel("mail", group_s=0, escalate_after_s=300)
    a_channel("off", enabled=False)
    a_channel("only recoveries", events=["up"])
    service = checked(a_service(name="Shop", tags=["prod", "eu"]), UP, DOWN, DOWN)
    incident = Incident.objects.get()
    queued = {alert.channel_name: alert for alert in Alert.objects.all()}
    assert set(queued) == {"web", "mail"}
    confirmed = noon_plus(180)
    assert queued["web"].due_at == confirmed + timedelta(seconds=web.group_s)
    assert queued["mail"].due_at == confirmed + timedelta(seconds=mail.escalate_after_s)
    alert = queued["web"]
    assert (alert.event, alert.about) == (Event.DOWN.value, f"incident:{incident.pk}")
    assert alert.told_facts() == Facts(
        service_id=service.pk,
        service_name="Shop",
        service_url=service.url,
        tags=("eu", "prod"),
        incident_id=incident.pk,
        started_at=noon_plus(120),
        reason="connect",
        message="connection refused by 192.0.2.7 port 443",
        state="DOWN",
    )
    record([scheduled(service, a_result(UP, noon_plus(240)))], noon_plus(240))
    assert sorted(alerts()) == [("mail", "down"), ("mail", "up"), ("web", "down"), ("web", "up")]
    facts = Alert.objects.get(channel=web, event="up").told_facts()
    assert (facts.state, facts.ending, facts.resolved_at) == ("UP", "recovered", noon_plus(240))


def test_channel_made_during_an_outage_is_not_told_of_its_end() -> None:
    service = checked(a_service(), UP, DOWN, DOWN)
    a_channel()
    record([scheduled(service, a_result(UP, noon_plus(240)))], noon_plus(240))
    assert alerts() == []


def test_blip_queues_nothing() -> None:
    a_channel()
    checked(a_service(), UP, DOWN, UP, DOWN, UP)
    assert not Incident.objects.exists()
    assert not Alert.objects.exists()


def test_channels_hear_of_their_tags_and_services() -> None:
    tagged, named = a_channel("tagged"), a_channel("named")
    service, other = a_service(tags=["prod"]), a_service(tags=["test"])
    tagged.tags.add(Tag.objects.get(name="prod"))
    named.services.add(other)
    checked(service, DOWN)
    assert alerts() == [("tagged", "down")]
    checked(other, DOWN)
    assert sorted(alerts()) == [("named", "down"), ("tagged", "down")]


def test_channel_whose_last_service_was_deleted_is_not_for_all() -> None:
    channel, both = a_channel("of one"), a_channel("of two")
    service, other = a_service(), a_service()
    channel.services.add(service)
    both.services.add(service, other)
    services.delete(service.pk, NOON)
    assert list(Channel.objects.values_list("name", "orphaned")) == [
        ("of one", True),
        ("of two", False),
    ]
    checked(a_service(), DOWN)
    assert alerts() == []


def test_degraded_is_told_once_an_hour() -> None:
    a_channel(events=["degraded"])
    service = checked(a_service(), UP, DEGRADED, UP, DEGRADED)
    assert alerts() == [("Channel", "degraded")]
    later = noon_plus(4_200)
    # Not a gap: it has been looked at meanwhile.
    record([scheduled(service, a_result(UP, noon_plus(4_140)))], noon_plus(4_140))
    record([scheduled(service, a_result(DEGRADED, later))], later)
    assert alerts() == [("Channel", "degraded"), ("Channel", "degraded")]


def test_maintenance_opens_no_incident_until_it_is_over() -> None:
    a_channel()
    service = a_service()
    window = MaintenanceWindow.objects.create(
        name="Work", starts_at=NOON, duration_s=600, created_at=NOON
    )
    MaintenanceOccurrence.objects.create(
        window=window, starts_at=NOON, ends_at=NOON + timedelta(seconds=600)
    )
    checked(service, UP, DOWN, DOWN)
    assert not Incident.objects.exists()
    follow_maintenance([service.pk], noon_plus(600), noon_plus(601))
    follow_maintenance([service.pk], noon_plus(600), noon_plus(602))
    incident = Incident.objects.get()
    assert (incident.started_at, incident.reason) == (noon_plus(600), "connect")
    assert alerts() == [("Channel", "down")]


def test_a_hundred_outages_take_as_many_statements_as_three() -> None:
    a_channel("a")
    a_channel("b")
    counts = []
    for count in (3, 100):
        made = [a_service(failures_before_down=1, tags=["prod"]) for _ in range(count)]
        record([scheduled(each, a_result(UP, noon_plus(60))) for each in made], noon_plus(60))
        down = [scheduled(each, a_result(DOWN, noon_plus(120))) for each in made]
        with CaptureQueriesContext(connection) as queries:
            record(down, noon_plus(120))
        sql = [query["sql"].split(" ", 2)[:2] for query in queries]
        counts.append(sum(words[0] != "UPDATE" for words in sql))
    assert Alert.objects.count() == 2 * 103
    # SQLite takes only so many values in one statement.
    assert counts[1] <= counts[0] + (0 if connection.vendor == "postgresql" else 5)
