"""The checker as a process: what it keeps to, survives, and leaves behind."""

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from threading import Event

import psycopg
import pytest

from monitors.tests import postgres
from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer, local_server

pytestmark = pytest.mark.django_db


def add(installation: Installation, *settings: dict[str, object]) -> None:
    """Add services in a process of their own, as the API would."""
    program = (
        "import django, json, sys; django.setup()\n"
        "from django.utils import timezone\n"
        "from monitors.actions import services\n"
        "from monitors.domain.targets import parse_target\n"
        "for given in json.loads(sys.argv[1]):\n"
        "    key = parse_target(given['url']).key\n"
        "    services.create(given | {'url_key': key}, [], timezone.now())\n"
    )
    environment = installation.environment | {"DJANGO_SETTINGS_MODULE": "uptime_site.settings"}
    words = [sys.executable, "-c", program, json.dumps(settings)]
    subprocess.run(words, env=environment, check=True)


def query(installation: Installation, sql: str) -> list[tuple[object, ...]]:
    if installation.database_url.startswith("sqlite"):
        path = installation.database_url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, timeout=10)) as database:
            return database.execute(sql).fetchall()
    with psycopg.connect(installation.database_url) as database:
        return list(database.execute(sql).fetchall())


def checks(installation: Installation) -> int:
    (row,) = query(installation, "SELECT count(*) FROM monitors_servicestatus")
    return int(str(row[0]))


def wait_for(condition: Callable[[], bool], within_s: float) -> None:
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.05)


def stop(process: "subprocess.Popen[str]", number: int = signal.SIGTERM) -> tuple[float, str]:
    """Send a signal; give how long the process took to end, and what it had said."""
    began = time.monotonic()
    process.send_signal(number)
    output, _ = process.communicate(timeout=10)
    return time.monotonic() - began, output


@pytest.fixture
def hanging() -> Iterator[LocalServer]:
    with local_server() as server:
        server.hold = Event()
        yield server


def test_services_are_checked_at_their_interval(
    installation: Installation, target: LocalServer
) -> None:
    every_second = {"name": "often", "url": f"{target.url}often", "interval_s": 1}
    hourly = {"name": "rarely", "url": f"{target.url}rarely", "interval_s": 3_600}
    add(installation, every_second, hourly)
    checker = installation.check_forever()
    wait_for(lambda: target.requests.count("/often") >= 6, within_s=15)
    took, output = stop(checker)
    assert (checker.returncode, target.requests.count("/rarely")) == (0, 1), output
    assert took < 2
    moments = query(
        installation,
        "SELECT checked_at FROM monitors_servicestatus c JOIN monitors_service s"
        " ON s.id = service_id WHERE s.name = 'often' ORDER BY checked_at",
    )
    # Every check that was answered is stored, and the beats are a second apart.
    assert len(moments) == target.requests.count("/often")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_hanging_service_delays_neither_the_others_nor_the_stop(
    installation: Installation, target: LocalServer, hanging: LocalServer, number: int
) -> None:
    slow = {"name": "slow", "url": hanging.url, "interval_s": 1, "timeout_s": 30}
    quick = {"name": "quick", "url": target.url, "interval_s": 1}
    add(installation, slow, quick)
    checker = installation.check_forever()
    wait_for(lambda: len(target.requests) >= 4 and len(hanging.requests) == 1, within_s=15)
    took, output = stop(checker, number)
    assert (checker.returncode, took < 2) == (0, True), output
    assert "Traceback" not in output
    stored = query(
        installation,
        "SELECT s.name, c.status, count(*) FROM monitors_servicestatus c"
        " JOIN monitors_service s ON s.id = service_id GROUP BY s.name, c.status",
    )
    assert stored == [("quick", "UP", len(target.requests))]
    # What was not finished is given back: due at once for the next checker.
    leases = query(
        installation, "SELECT count(*) FROM monitors_duecheck WHERE lease_until IS NOT NULL"
    )
    assert leases == [(0,)]


def test_after_kill_the_work_goes_on_and_nothing_is_half_told(
    installation: Installation, target: LocalServer
) -> None:
    add(
        installation,
        *({"name": f"s{i}", "url": f"{target.url}{i}", "interval_s": 1} for i in range(20)),
    )
    for _ in range(2):
        stored = checks(installation)
        checker = installation.check_forever()
        wait_for(lambda stored=stored: checks(installation) > stored + 20, within_s=15)  # type: ignore[misc]
        stop(checker, signal.SIGKILL)
    # The state of every service is that of its newest line in the log.
    wrong = query(
        installation,
        "SELECT s.name FROM monitors_service s WHERE s.last_checked_at <>"
        " (SELECT max(checked_at) FROM monitors_servicestatus WHERE service_id = s.id)",
    )
    assert wrong == []
    open_periods = query(
        installation,
        "SELECT count(*) FROM monitors_period WHERE ended_at IS NULL",
    )
    assert open_periods == [(20,)]


def test_a_database_that_goes_away_for_a_while_costs_no_result(target: LocalServer) -> None:
    with postgres.restartable() as server, Installation.migrated(server.url) as installation:
        add(installation, {"name": "a", "url": target.url, "interval_s": 1})
        checker = installation.check_forever()
        wait_for(lambda: checks(installation) >= 2, within_s=15)
        server.stop()
        asked = len(target.requests)
        time.sleep(3)
        server.start()
        wait_for(lambda: len(target.requests) >= asked + 3, within_s=15)
        took, output = stop(checker)
        assert checker.returncode == 0, output
        assert "while the database is away" in output
        assert "Traceback" not in output
        assert took < 2
        assert checks(installation) == len(target.requests)


def test_without_its_database_a_checker_still_stops_in_time(target: LocalServer) -> None:
    with postgres.restartable() as server, Installation.migrated(server.url) as installation:
        add(installation, {"name": "a", "url": target.url, "interval_s": 1})
        checker = installation.check_forever()
        wait_for(lambda: checks(installation) >= 1, within_s=15)
        server.stop()
        took, _ = stop(checker)
        assert took < 2
