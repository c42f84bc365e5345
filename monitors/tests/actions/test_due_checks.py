from datetime import timedelta

import pytest

from monitors.actions import due_checks
from monitors.models import DueCheck, Service
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db


def due_in_an_hour(**given: object) -> Service:
    service = a_service(interval_s=3_600, **given)
    DueCheck.objects.filter(service=service).update(due_at=NOON + timedelta(hours=1))
    return service


def test_thousands_are_made_due_at_once() -> None:
    first = due_in_an_hour()
    Service.objects.bulk_create(
        Service(
            name=f"many {number}",
            url=f"http://many.example/{number}",
            url_key=f"http://many.example/{number}",
            created_at=NOON,
            state_since=NOON,
        )
        for number in range(3_000)
    )
    ids = set(Service.objects.values_list("pk", flat=True))
    later = NOON + timedelta(hours=1)
    DueCheck.objects.bulk_create(DueCheck(service_id=pk, due_at=later) for pk in ids - {first.pk})
    assert due_checks.hasten(ids, noon_plus(1)) == 3_001
    assert set(DueCheck.objects.values_list("due_at", flat=True)) == {noon_plus(1)}


def test_what_is_taken_or_due_already_is_left_alone() -> None:
    free, taken, overdue, other = (due_in_an_hour() for _ in range(4))
    DueCheck.objects.filter(service=taken).update(lease_until=noon_plus(12))
    DueCheck.objects.filter(service=overdue).update(due_at=NOON)
    assert due_checks.hasten([free.pk, taken.pk, overdue.pk], noon_plus(1)) == 3
    due = dict(DueCheck.objects.values_list("service_id", "due_at"))
    later = NOON + timedelta(hours=1)
    assert due == {
        free.pk: noon_plus(1),
        taken.pk: later,
        overdue.pk: NOON,
        other.pk: later,
    }


def test_a_service_is_made_due_at_each_of_its_locations() -> None:
    service = due_in_an_hour(locations="oslo, rome")
    assert due_checks.hasten([service.pk], noon_plus(1)) == 1
    found = DueCheck.objects.filter(service=service).values_list("location", "due_at")
    assert dict(found) == {"oslo": noon_plus(1), "rome": noon_plus(1)}
