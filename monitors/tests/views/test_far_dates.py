"""Certificates may end, or have ended, at the very ends of the calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from monitors.actions.results import Finding, record
from monitors.domain.certificates import NO_EXPIRY
from monitors.domain.observation import Certificate
from monitors.models import Service
from monitors.tests.factories import a_result, a_service

pytestmark = pytest.mark.django_db

FIRST_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "Pacific/Kiritimati", "Asia/Tokyo", "America/New_York", "Etc/GMT+12")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("not_after", "shown"),
    [
        (NO_EXPIRY, "does not expire"),
        (NO_EXPIRY - timedelta(hours=3), "expires in 2"),
        (FIRST_MOMENT, "expired 7"),
    ],
)
def test_no_page_breaks_in_any_time_zone(
    signed_in: Client, api: Client, zone: str, not_after: datetime, shown: str
) -> None:
    now = timezone.now()
    service = a_service(now=now)
    certificate = Certificate("CA", ("a.example",), FIRST_MOMENT, not_after)
    record([Finding(service.pk, a_result(at=now, certificate=certificate))], now)
    assert Service.objects.get().certificate_expires_at == not_after
    with timezone.override(zone):
        page = signed_in.get(f"/services/{service.pk}/").content.decode()
        assert shown in page
        for path in ("/", "/metrics", f"/admin/monitors/service/{service.pk}/change/"):
            assert signed_in.get(path).status_code == 200
        found = api.get(f"/api/v1/services/{service.pk}/").json()
    assert datetime.fromisoformat(found["certificate_expires_at"]) == not_after
