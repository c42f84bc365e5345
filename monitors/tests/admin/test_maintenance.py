from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from monitors.actions import maintenance, services
from monitors.models import Exclusion, MaintenanceOccurrence, MaintenanceWindow, Tag
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

URL = "/admin/monitors/maintenancewindow/"
TOMORROW = datetime.now(UTC) + timedelta(days=1)


def fields(**given: Any) -> dict[str, Any]:
    return {
        "name": "Database move",
        "starts_at_0": f"{TOMORROW:%Y-%m-%d}",
        "starts_at_1": "02:30:00",
        "duration_s": "3600",
        "time_zone": "Europe/Berlin",
        "rrule": "FREQ=DAILY",
    } | given


def test_it_is_planned_and_changed_as_on_the_pages(signed_in: Client) -> None:
    service, tag = a_service(), Tag.objects.create(name="db")
    given = fields(services=[service.pk], tags=[tag.pk])
    assert signed_in.post(f"{URL}add/", given).status_code == 302
    window = MaintenanceWindow.objects.get()
    assert (window.created_by, window.rrule) == ("ada", "FREQ=DAILY")
    assert list(window.services.all()) == [service]
    assert window.occurrences.count() > 50
    changed = signed_in.post(f"{URL}{window.pk}/change/", fields(rrule=""))
    assert changed.status_code == 302
    assert window.occurrences.count() == 1
    assert "every day" not in signed_in.get(URL).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rrule", "FREQ=MINUTELY"),
        ("duration_s", "86401"),
        ("time_zone", "Mars/Olympus"),
        ("starts_at_0", "1990-01-01"),
        ("name", "\u202e"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    signed_in: Client, field: str, value: str
) -> None:
    answer = signed_in.post(f"{URL}add/", fields(**{field: value}))
    form = answer.context["adminform"].form
    assert list(form.errors) == [field.removesuffix("_0")]
    assert not MaintenanceWindow.objects.exists()


def test_what_is_over_is_not_changed(signed_in: Client) -> None:
    now = datetime.now(UTC)
    window = maintenance.start_now(a_service().pk, now - timedelta(hours=2), "")
    answer = signed_in.post(f"{URL}{window.pk}/change/", fields(), follow=True)
    assert "This maintenance is over" in answer.content.decode()


def test_it_is_ended_and_taken_back(signed_in: Client) -> None:
    now = datetime.now(UTC)
    service = a_service(now=now - timedelta(hours=1))
    window = maintenance.start_now(service.pk, now - timedelta(minutes=5), "")
    chosen = {"action": "end_now", "_selected_action": [window.pk]}
    assert "Ended 1 of them." in signed_in.post(URL, chosen, follow=True).content.decode()
    assert Exclusion.objects.count() == 1
    chosen = {"action": "delete_selected", "_selected_action": [window.pk], "post": "yes"}
    signed_in.post(URL, chosen)
    assert MaintenanceWindow.objects.get().removed_at is not None
    assert MaintenanceOccurrence.objects.count() == 1
    assert signed_in.post(f"{URL}{window.pk}/delete/", {"post": "yes"}).status_code == 302


def test_one_that_has_lost_its_services_does_not_become_for_all(signed_in: Client) -> None:
    service = a_service()
    signed_in.post(f"{URL}add/", fields(services=[service.pk]))
    services.delete(service.pk, datetime.now(UTC))
    window = MaintenanceWindow.objects.get()
    signed_in.post(f"{URL}{window.pk}/change/", fields(name="Other"))
    window.refresh_from_db()
    assert (window.name, window.orphaned) == ("Other", True)
