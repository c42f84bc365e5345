"""A check that freezes the checker does so once."""

import sys

import pytest

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .watching import add, edit, query, stop, wait_for

pytestmark = pytest.mark.django_db

# A checker for which one address takes a minute to judge, and a second without a turn is too long.
FREEZES = """
import functools, os, sys, time
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "uptime_site.settings"
django.setup()
from django.core.management import call_command
from monitors.engine import judging, watch
judge = judging.judge

def judge_slowly(spec, seen):
    if spec.url.endswith("/freezes"):
        print("froze", flush=True)
        time.sleep(60)
    return judge(spec, seen)

judging.judge = judge_slowly
watch.guard = functools.partial(watch.guard, after_s=1.0)
call_command("check_services", "--forever")
"""

LOG = (
    "SELECT s.name, c.status, c.message FROM monitors_servicestatus c"
    " JOIN monitors_service s ON s.id = service_id ORDER BY c.id"
)
SAID = "not checked: this check froze the checker, and is not run until its settings change"


def test_it_is_set_aside_until_its_settings_change(
    installation: Installation, target: LocalServer
) -> None:
    add(
        installation,
        {"name": "bad", "url": f"{target.url}freezes", "interval_s": 1},
        {"name": "good", "url": f"{target.url}good", "interval_s": 1},
    )
    checker = installation.start(sys.executable, "-c", FREEZES)
    try:
        wait_for(lambda: ("bad", "UNKNOWN", SAID) in query(installation, LOG), within_s=30)
        seen = len(query(installation, LOG))
        wait_for(lambda: len(query(installation, LOG)) > seen + 3, within_s=30)
        assert target.requests.count("/freezes") == 1
        edit(installation, "bad", f"{target.url}mended")
        wait_for(lambda: ("bad", "UP", "200 OK") in query(installation, LOG), within_s=30)
    finally:
        _, output = stop(checker)
    assert (checker.returncode, output.count("froze\n")) == (0, 1), output
    assert "froze the checker" in output


def test_another_checker_that_froze_is_not_blamed_on_settings_that_have_changed(
    installation: Installation, target: LocalServer
) -> None:
    add(installation, {"name": "mended", "url": f"{target.url}mended", "interval_s": 1})
    ((pk,),) = query(installation, "SELECT id FROM monitors_service")
    checker = installation.check_forever(CHECK_THAT_FROZE=f"{pk} 7")
    try:
        wait_for(lambda: ("mended", "UP", "200 OK") in query(installation, LOG), within_s=30)
    finally:
        stop(checker)
