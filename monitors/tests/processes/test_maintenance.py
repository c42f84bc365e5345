"""Maintenance that ends while a checker runs."""

import subprocess
import sys

import pytest

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .watching import add, query, stop, wait_for

pytestmark = pytest.mark.django_db

START = (
    "import django, sys; django.setup()\n"
    "from datetime import timedelta\n"
    "from django.utils import timezone\n"
    "from monitors.actions import maintenance\n"
    "from monitors.models import Service\n"
    "service = Service.objects.get()\n"
    "length = timedelta(seconds=float(sys.argv[1]))\n"
    "maintenance.start_now(service.pk, timezone.now(), '', length)\n"
)


def test_what_still_fails_is_an_incident_within_seconds_of_its_end(
    installation: Installation, target: LocalServer
) -> None:
    target.status = 503
    add(installation, {"name": "broken", "url": target.url, "interval_s": 1})
    environment = installation.environment | {"DJANGO_SETTINGS_MODULE": "uptime_site.settings"}
    subprocess.run([sys.executable, "-c", START, "6"], env=environment, check=True)
    checker = installation.check_forever()
    wait_for(lambda: query(installation, "SELECT state FROM monitors_service") == [("DOWN",)], 15)
    assert query(installation, "SELECT count(*) FROM monitors_incident") == [(0,)]
    wait_for(lambda: query(installation, "SELECT count(*) FROM monitors_incident") == [(1,)], 15)
    stop(checker)
    late_s = _seconds(installation, "o.followed_up_at", "o.ends_at")
    rows = query(
        installation,
        f"SELECT o.ends_at = i.started_at, {late_s}"  # noqa: S608 - of our making
        " FROM monitors_maintenanceoccurrence o, monitors_incident i",
    )
    ((is_from_its_end, took_s),) = rows
    assert is_from_its_end
    assert float(str(took_s)) < 5
    assert query(installation, "SELECT cause FROM monitors_exclusion") == [("planned",)]


def _seconds(installation: Installation, later: str, earlier: str) -> str:
    if installation.database_url.startswith("sqlite"):
        return f"(julianday({later}) - julianday({earlier})) * 86400"
    return f"extract(epoch FROM {later} - {earlier})"
