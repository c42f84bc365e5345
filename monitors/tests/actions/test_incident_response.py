from datetime import timedelta

import pytest

from monitors.actions import incident_response
from monitors.actions.results import record
from monitors.domain.incidents import IncidentCause
from monitors.domain.result import Status
from monitors.domain.uptime import Uptime
from monitors.models import Exclusion, Incident, Service
from monitors.queries.uptime import uptime_between
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_result, a_service, checked, scheduled
from monitors.tests.incidents import an_incident

pytestmark = pytest.mark.django_db

PLANNED, FAULT = IncidentCause.PLANNED, IncidentCause.FAULT


def down() -> tuple[Service, Incident]:
    """Make a service that is up a minute after noon, and down since two."""
    service = checked(a_service(failures_before_down=1), Status.UP, Status.DOWN)
    return service, Incident.objects.get()


def found(service: Service, status: Status, at: float) -> None:
    record([scheduled(service, a_result(status, noon_plus(at)))], noon_plus(at))


def test_what_is_reclassified_while_it_is_open_is_so_to_its_end() -> None:
    service, incident = down()
    incident_response.reclassify(incident.pk, PLANNED, "new disks", "ada", noon_plus(130))
    found(service, Status.DOWN, 180)
    found(service, Status.UP, 240)
    service.refresh_from_db()
    window = (noon_plus(60), noon_plus(300), noon_plus(300))
    assert uptime_between(service, *window) == Uptime(up_s=120, maintenance_s=120)


def test_it_ends_where_the_incident_does_even_if_that_was_before() -> None:
    """Of several good checks that are asked for, the first ends it."""
    service, incident = down()
    Service.objects.update(successes_before_up=2)
    found(service, Status.UP, 180)
    incident_response.reclassify(incident.pk, PLANNED, "new disks", "ada", noon_plus(200))
    found(service, Status.UP, 240)
    assert Incident.objects.get().resolved_at == noon_plus(180)
    assert Exclusion.objects.get().ended_at == noon_plus(180)


def test_a_part_of_it_stays_a_part() -> None:
    service, incident = down()
    part = {"start": noon_plus(120), "end": noon_plus(150)}
    incident_response.reclassify(incident.pk, PLANNED, "disks", "ada", noon_plus(170), **part)
    found(service, Status.UP, 240)
    assert Exclusion.objects.get().ended_at == noon_plus(150)


def test_what_was_taken_back_while_it_was_open_is_a_fault_to_its_end() -> None:
    service, incident = down()
    incident_response.reclassify(incident.pk, PLANNED, "disks", "ada", noon_plus(130))
    incident_response.reclassify(incident.pk, FAULT, "no, it was not", "ada", noon_plus(150))
    found(service, Status.UP, 240)
    service.refresh_from_db()
    window = (noon_plus(60), noon_plus(300), noon_plus(300))
    assert uptime_between(service, *window) == Uptime(up_s=120, down_s=120)


def test_who_has_a_long_name_is_named_as_far_as_it_fits() -> None:
    incident = an_incident()
    name = "x" * 300
    incident_response.acknowledge(incident.pk, name, noon_plus(1), snooze=timedelta(minutes=1))
    incident.refresh_from_db()
    assert incident.acknowledged_by == name[:150]
    assert incident.is_snoozed(noon_plus(60))
    assert not incident.is_snoozed(noon_plus(61))


@pytest.mark.parametrize("seconds", [0, 60])
def test_no_time_at_all_is_charged_to_nobody(seconds: float) -> None:
    """An incident may have ended at the very moment at which it began."""
    incident = an_incident(end=0)
    incident_response.reclassify(incident.pk, PLANNED, "disks", "ada", noon_plus(seconds))
    assert not Exclusion.objects.exists()
    assert Incident.objects.get().cause == "planned"
