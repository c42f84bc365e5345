import pytest
from django.test import Client

from monitors.models import Exclusion
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service
from monitors.tests.incidents import an_incident

pytestmark = pytest.mark.django_db


def test_incidents_are_seen_in_the_admin_and_not_changed(signed_in: Client) -> None:
    service = a_service(name="Shop")
    incident = an_incident(service)
    exclusion = Exclusion.objects.create(
        service=service,
        started_at=NOON,
        ended_at=noon_plus(60),
        cause="planned",
        created_at=noon_plus(90),
    )
    for name, row in (("incident", incident), ("exclusion", exclusion)):
        path = f"/admin/monitors/{name}/"
        assert "Shop" in signed_in.get(path, {"q": "shop"}).content.decode()
        page = signed_in.get(f"{path}{row.pk}/change/")
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert signed_in.get(f"{path}add/").status_code == 403
        assert signed_in.post(f"{path}{row.pk}/delete/").status_code == 403
