"""Maintenance is planned, changed, ended and charged."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitors.actions import maintenance, services
from monitors.actions.incident_response import reclassify
from monitors.actions.maintenance import NoSuchService, Over, Plan
from monitors.actions.occurrences import follow_up_next, open_what_was_missed, plan_next
from monitors.actions.results import record
from monitors.domain.incidents import IncidentCause
from monitors.domain.maintenance import Schedule
from monitors.domain.result import Status
from monitors.models import (
    Alert,
    Exclusion,
    Incident,
    MaintenanceOccurrence,
    MaintenanceWindow,
    Service,
)
from monitors.queries.uptime import uptime_between
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_channel, a_result, a_service, checked, scheduled

pytestmark = pytest.mark.django_db

UP, DOWN = Status.UP, Status.DOWN
HOUR = 3_600


def a_plan(
    starts_s: float = 0, length_s: float = HOUR, rrule: str = "", zone: str = "UTC", **covers: Any
) -> Plan:
    """Make a plan for all services, from some seconds after noon, unless others are given."""
    schedule = Schedule(noon_plus(starts_s), timedelta(seconds=length_s), rrule, zone)
    given = {name: frozenset(value) for name, value in covers.items()}
    return Plan("Database move", schedule, for_all=not given, **given)


def times() -> list[tuple[float, float]]:
    """Give when all occurrences begin and end, in seconds after noon."""
    rows = MaintenanceOccurrence.objects.order_by("starts_at")
    return [
        ((row.starts_at - NOON).total_seconds(), (row.ends_at - NOON).total_seconds())
        for row in rows
    ]


def charged(service: Service) -> list[tuple[float, float]]:
    rows = Exclusion.objects.filter(service=service).order_by("started_at")
    return [
        ((row.started_at - NOON).total_seconds(), (row.ended_at - NOON).total_seconds())
        for row in rows
    ]


def fails(service: Service, *seconds: float) -> None:
    for at in seconds:
        record([scheduled(service, a_result(DOWN, noon_plus(at)))], noon_plus(at))


def recovers(service: Service, at: float) -> None:
    record([scheduled(service, a_result(UP, noon_plus(at)))], noon_plus(at))


def test_one_that_comes_once_is_planned_however_far_ahead() -> None:
    year = 365 * 86_400
    window = maintenance.create(a_plan(year), NOON, "ada")
    assert (window.created_by, window.created_at) == ("ada", NOON)
    assert times() == [(year, year + HOUR)]


def test_one_that_comes_again_is_planned_ahead_and_further_as_time_goes_by() -> None:
    window = maintenance.create(a_plan(0, HOUR, "FREQ=WEEKLY"), noon_plus(-1), "")
    assert len(times()) == 9
    week = timedelta(days=7)
    assert plan_next(0, NOON + week) == window.pk
    assert plan_next(window.pk, NOON + week) is None
    assert [start for start, _ in times()] == [number * 7 * 86_400 for number in range(10)]
    # Nothing twice.
    plan_next(0, NOON + week)
    assert len(times()) == 10


def test_of_one_that_seldom_comes_five_are_planned() -> None:
    maintenance.create(a_plan(0, HOUR, "FREQ=YEARLY"), noon_plus(-1), "")
    assert len(times()) == 5


def test_at_its_end_time_is_charged_once_to_whom_it_covered() -> None:
    named = a_service(now=noon_plus(-HOUR))
    tagged = a_service(now=noon_plus(-HOUR), tags=["db"])
    other = a_service(now=noon_plus(-HOUR), tags=["web"])
    late = a_service(now=noon_plus(600), tags=["db"])
    maintenance.create(a_plan(service_ids={named.pk}, tags={"db"}), noon_plus(-60), "ada")
    assert not follow_up_next(noon_plus(HOUR - 1))
    assert follow_up_next(noon_plus(HOUR + 2))
    assert not follow_up_next(noon_plus(HOUR + 2))
    assert charged(named) == charged(tagged) == [(0, HOUR)]
    # From when it is there.
    assert charged(late) == [(600, HOUR)]
    assert charged(other) == []
    one = Exclusion.objects.filter(service=named).get()
    assert (one.cause, one.reason, one.actor) == ("planned", "Maintenance “Database move”", "ada")
    assert one.occurrence == MaintenanceOccurrence.objects.get()


def test_uptime_leaves_it_out_while_it_lasts_and_afterwards() -> None:
    service = checked(a_service(), UP)  # from 60 s on
    maintenance.create(a_plan(100, 200), noon_plus(90), "")
    fails(service, 120, 135)
    service.refresh_from_db()
    lasting = uptime_between(service, NOON, noon_plus(140), noon_plus(140))
    assert (lasting.unknown_s, lasting.up_s, lasting.maintenance_s) == (60, 40, 40)
    recovers(service, 200)
    recovers(service, 310)
    service.refresh_from_db()
    for is_charged in (False, True):
        if is_charged:
            assert follow_up_next(noon_plus(305))
        seen = uptime_between(service, NOON, noon_plus(310), noon_plus(310))
        assert (seen.unknown_s, seen.up_s, seen.down_s, seen.maintenance_s) == (60, 50, 0, 200)


def test_what_still_fails_at_the_end_is_an_incident_from_then_on() -> None:
    a_channel()
    service = checked(a_service(), UP)
    maintenance.create(a_plan(100, 200), noon_plus(90), "")
    fails(service, 120, 135, 299)
    assert not Incident.objects.exists()
    follow_up_next(noon_plus(302))
    incident = Incident.objects.get()
    assert (incident.started_at, incident.resolved_at) == (noon_plus(300), None)
    assert incident.alerts.count() == 1


def test_what_became_degraded_in_it_and_still_is_is_told_at_its_end() -> None:
    a_channel(events=["degraded"])
    before, meanwhile, recovered = (checked(a_service(tls_expiry_warn_days=0)) for _ in range(3))
    record([scheduled(before, a_result(Status.DEGRADED, noon_plus(80)))], noon_plus(80))
    assert [alert.service for alert in Alert.objects.all()] == [before]
    Alert.objects.all().delete()
    maintenance.create(a_plan(100, 200), noon_plus(90), "")
    for service in (before, meanwhile, recovered):
        record([scheduled(service, a_result(Status.DEGRADED, noon_plus(140)))], noon_plus(140))
    recovers(recovered, 200)
    for at in (200, 260, 299):
        record([scheduled(meanwhile, a_result(Status.DEGRADED, noon_plus(at)))], noon_plus(at))
    assert not Alert.objects.exists()
    assert follow_up_next(noon_plus(302))
    alert = Alert.objects.get()
    assert (alert.service, alert.event) == (meanwhile, "degraded")
    assert alert.facts["started_at"] == noon_plus(140).isoformat()


def test_who_judges_while_it_lasts_has_the_last_word() -> None:
    service = checked(a_service(), UP)
    fails(service, 120, 135)
    recovers(service, 150)
    incident = Incident.objects.get()
    maintenance.create(a_plan(100, 300), noon_plus(160), "")
    reclassify(incident.pk, IncidentCause.FAULT, "our own", "ada", noon_plus(200))
    for at in (210, 270, 330, 390):
        recovers(service, at)
    service.refresh_from_db()
    for is_charged in (False, True):
        if is_charged:
            assert follow_up_next(noon_plus(402))
        seen = uptime_between(service, NOON, noon_plus(390), noon_plus(390))
        assert (seen.down_s, seen.maintenance_s) == (30, 260), is_charged
    incident.refresh_from_db()
    assert incident.cause == "fault"


def test_nothing_is_opened_for_what_recovered_is_paused_deleted_or_not_looked_at() -> None:
    recovered, paused, deleted, unseen = (checked(a_service(), UP) for _ in range(4))
    maintenance.create(a_plan(100, 200), noon_plus(90), "")
    for service in (recovered, paused, deleted, unseen):
        fails(service, 120, 135)
    recovers(recovered, 180)
    services.pause(paused.pk, noon_plus(200))
    services.delete(deleted.pk, noon_plus(200))
    # Nobody looked for an hour.
    assert follow_up_next(noon_plus(300 + HOUR))
    assert not Incident.objects.exists()
    assert charged(paused) == charged(unseen) == [(100, 300)]


def test_what_is_in_another_maintenance_is_told_at_the_end_of_that() -> None:
    service = checked(a_service(), UP)
    maintenance.create(a_plan(100, 200), noon_plus(90), "")
    maintenance.create(a_plan(250, 100), noon_plus(90), "")
    fails(service, 120, 135, 299)
    assert follow_up_next(noon_plus(302))
    assert not Incident.objects.exists()
    fails(service, 345)
    assert follow_up_next(noon_plus(352))
    assert Incident.objects.get().started_at == noon_plus(350)


def test_an_incident_from_before_goes_on_and_its_recovery_is_told() -> None:
    a_channel()
    service = checked(a_service(), UP)
    fails(service, 80, 95)
    maintenance.create(a_plan(100, 200), noon_plus(98), "")
    fails(service, 120)
    assert follow_up_next(noon_plus(302))
    incident = Incident.objects.get()
    assert (incident.started_at, incident.cause) == (noon_plus(80), "fault")
    recovers(service, 310)
    incident.refresh_from_db()
    assert incident.resolved_at == noon_plus(310)
    assert sorted(incident.alerts.values_list("event", flat=True)) == ["down", "up"]


def test_time_in_the_past_is_charged_at_once_and_its_incidents_are_planned() -> None:
    service = checked(a_service(), UP)
    fails(service, 120, 135)
    recovers(service, 200)
    recovers(service, 310)
    fails(service, 400, 415)
    maintenance.create(a_plan(100, 200, service_ids={service.pk}), noon_plus(500), "ada")
    assert charged(service) == [(100, 300)]
    within, after = Incident.objects.order_by("started_at")
    assert (within.cause, after.cause) == ("planned", "fault")
    line = within.events.get(kind="reclassified")
    assert (line.text, line.actor) == ("Maintenance “Database move”", "ada")
    service.refresh_from_db()
    seen = uptime_between(service, NOON, noon_plus(420), noon_plus(420))
    assert (seen.up_s, seen.down_s, seen.maintenance_s, seen.unknown_s) == (140, 20, 200, 60)


def test_what_somebody_has_judged_stays_judged() -> None:
    service = checked(a_service(), UP)
    fails(service, 120, 135)
    recovers(service, 200)
    Incident.objects.update(cause="monitor")
    maintenance.create(a_plan(100, 200), noon_plus(500), "")
    assert Incident.objects.get().cause == "monitor"


def test_one_that_has_come_often_is_charged_now_and_soon() -> None:
    service = a_service(now=NOON)
    maintenance.create(a_plan(0, HOUR, "FREQ=DAILY"), NOON + timedelta(days=29, hours=2), "")
    assert len(charged(service)) == 20
    now = NOON + timedelta(days=29, hours=2)
    while follow_up_next(now):
        pass
    assert len(charged(service)) == 30


def test_ended_early_it_charges_what_was_and_comes_again() -> None:
    service = checked(a_service(), UP)
    window = maintenance.create(a_plan(100, 200, "FREQ=DAILY"), noon_plus(90), "")
    fails(service, 120, 135)
    maintenance.end_now(window.pk, noon_plus(150))
    assert charged(service) == [(100, 150)]
    assert Incident.objects.get().started_at == noon_plus(150)
    assert times()[:2] == [(100, 150), (86_500, 86_700)]
    with pytest.raises(Over):
        maintenance.end_now(window.pk, noon_plus(151))


def test_deleted_it_covers_nothing_more_and_what_it_covered_stays() -> None:
    service = checked(a_service(), UP)
    window = maintenance.create(a_plan(100, 200, "FREQ=DAILY"), noon_plus(90), "")
    maintenance.delete(window.pk, noon_plus(150))
    assert charged(service) == times() == [(100, 150)]
    with pytest.raises(MaintenanceWindow.DoesNotExist):
        maintenance.delete(window.pk, noon_plus(151))
    assert plan_next(0, noon_plus(160)) is None


def test_before_it_begins_all_of_it_can_be_changed() -> None:
    service, other = a_service(), a_service()
    window = maintenance.create(a_plan(100, 200), NOON, "")
    maintenance.edit(window.pk, a_plan(500, 100, service_ids={other.pk}), noon_plus(50))
    assert times() == [(500, 600)]
    follow_up_next(noon_plus(700))
    assert (charged(service), charged(other)) == ([], [(500, 600)])


def test_while_it_lasts_what_was_stays_and_the_rest_is_as_changed() -> None:
    first, second = a_service(), a_service()
    window = maintenance.create(a_plan(100, 200, service_ids={first.pk}), NOON, "")
    maintenance.edit(window.pk, a_plan(100, 400, service_ids={second.pk}), noon_plus(150))
    assert times() == [(100, 150), (150, 500)]
    follow_up_next(noon_plus(600))
    assert (charged(first), charged(second)) == ([(100, 150)], [(150, 500)])


def test_what_fails_is_told_by_a_change_only_where_it_is_not_covered_any_more() -> None:
    first, second = (checked(a_service(), UP) for _ in range(2))
    both = {first.pk, second.pk}
    window = maintenance.create(a_plan(100, 200, service_ids=both), NOON, "")
    fails(first, 120, 135)
    fails(second, 120, 135)
    maintenance.edit(window.pk, a_plan(100, 400, service_ids=both), noon_plus(150))
    assert not Incident.objects.exists()
    maintenance.edit(window.pk, a_plan(100, 400, service_ids={first.pk}), noon_plus(160))
    incident = Incident.objects.get()
    assert (incident.service, incident.started_at) == (second, noon_plus(160))
    assert charged(first) == charged(second) == [(100, 150), (150, 160)]


def test_a_rule_that_is_changed_leaves_the_past_alone() -> None:
    service = a_service()
    window = maintenance.create(a_plan(0, HOUR, "FREQ=DAILY"), noon_plus(-60), "")
    now = NOON + timedelta(days=2, hours=2)
    while follow_up_next(now):
        pass
    maintenance.edit(window.pk, a_plan(7_200, HOUR, "FREQ=DAILY"), now)
    day = 86_400
    assert charged(service) == [(n * day, n * day + HOUR) for n in range(3)]
    # It would last at this moment: so it does.
    assert times()[3:5] == [
        (2 * day + 7_200, 2 * day + 7_200 + HOUR),
        (3 * day + 7_200, 3 * day + 7_200 + HOUR),
    ]


def test_a_new_name_changes_nothing_else() -> None:
    window = maintenance.create(a_plan(100, 200), NOON, "")
    plan = a_plan(100, 200)
    renamed = Plan("Other", plan.schedule, for_all=True)
    assert maintenance.edit(window.pk, renamed, noon_plus(150)).name == "Other"
    assert times() == [(100, 300)]


def test_what_is_over_is_not_changed() -> None:
    window = maintenance.create(a_plan(100, 200), NOON, "")
    with pytest.raises(Over):
        maintenance.edit(window.pk, a_plan(100, 300), noon_plus(300))


def test_one_service_starts_at_once() -> None:
    service, other = a_service(name="Shop"), a_service()
    window = maintenance.start_now(service.pk, NOON, "ada")
    assert (window.name, times()) == ("Maintenance of Shop", [(0, HOUR)])
    maintenance.end_now(window.pk, noon_plus(60))
    assert (charged(service), charged(other)) == ([(0, 60)], [])
    with pytest.raises(Service.DoesNotExist):
        maintenance.start_now(0, NOON, "")


def test_a_service_that_is_not_there_cannot_be_covered() -> None:
    with pytest.raises(NoSuchService, match=r"There is no service 999\."):
        maintenance.create(a_plan(service_ids={999}), NOON, "")
    assert not MaintenanceWindow.objects.exists()


def test_one_that_has_lost_its_only_service_is_for_none() -> None:
    only, other = a_service(), a_service()
    window = maintenance.create(a_plan(100, 200, service_ids={only.pk}), NOON, "")
    services.delete(only.pk, noon_plus(50))
    follow_up_next(noon_plus(400))
    assert charged(other) == []
    assert MaintenanceWindow.objects.get(pk=window.pk).orphaned


def test_what_was_taken_out_while_it_lasted_is_not_forgotten() -> None:
    service = checked(a_service(tags=["db"]), UP)
    maintenance.create(a_plan(100, 2_000, tags={"db"}), NOON, "")
    fails(service, 120, 135)
    assert open_what_was_missed(noon_plus(140)) == 0
    service.tags.clear()
    assert open_what_was_missed(noon_plus(150)) == 1
    assert Incident.objects.get().started_at == noon_plus(120)
    assert open_what_was_missed(noon_plus(151)) == 0


def test_across_a_change_of_clocks_the_charge_is_what_passed() -> None:
    start = datetime(2026, 3, 28, 21, tzinfo=UTC)
    service = a_service(now=start)
    schedule = Schedule(start, timedelta(hours=8), "FREQ=DAILY;COUNT=2", "Europe/Berlin")
    maintenance.create(Plan("Night", schedule, for_all=True), start + timedelta(days=3), "")
    rows = Exclusion.objects.filter(service=service).order_by("started_at")
    assert [(row.started_at.hour, row.ended_at.hour) for row in rows] == [(21, 5), (20, 4)]
