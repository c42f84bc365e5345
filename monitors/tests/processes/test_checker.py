"""The checker as a process: what it keeps to, survives, and leaves behind."""

import signal
import socket
import sys
import time
from collections.abc import Iterator
from threading import Event

import pytest

from monitors.tests import postgres
from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer, local_server

from .watching import add, checks, edit, query, services, stop, wait_for, write

pytestmark = pytest.mark.django_db


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


def test_an_edit_of_a_service_that_hangs_is_followed_at_once(
    installation: Installation, target: LocalServer, hanging: LocalServer
) -> None:
    add(installation, {"name": "a", "url": hanging.url, "interval_s": 1, "timeout_s": 60})
    checker = installation.check_forever()
    wait_for(lambda: len(hanging.requests) == 1, within_s=15)
    edit(installation, "a", target.url)
    wait_for(lambda: len(target.requests) >= 2, within_s=5)
    stop(checker)


def test_a_database_that_never_answers_does_not_hold_up_the_stop() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        installation = Installation(f"postgres://nobody@127.0.0.1:{port}/none")
        checker = installation.check_forever()
        silent.settimeout(20)
        connection, _ = silent.accept()
        with connection:
            took, output = stop(checker)
    assert (checker.returncode, took < 2) == (0, True), output


def test_a_service_that_cannot_be_read_stops_no_other(
    installation: Installation, target: LocalServer
) -> None:
    broken = {"name": "broken", "url": f"{target.url}broken", "interval_s": 1}
    add(installation, broken, {"name": "sound", "url": f"{target.url}sound", "interval_s": 1})
    write(installation, "UPDATE monitors_service SET expected_status='2xx' WHERE name='broken'")
    checker = installation.check_forever()
    wait_for(lambda: target.requests.count("/sound") >= 3, within_s=15)
    took, output = stop(checker)
    assert (checker.returncode, "Traceback" in output, took < 2) == (0, False, True), output
    assert target.requests.count("/broken") == 0
    stored = query(
        installation,
        "SELECT DISTINCT c.status, c.reason, c.message FROM monitors_servicestatus c"
        " JOIN monitors_service s ON s.id = service_id WHERE s.name = 'broken'",
    )
    message = "not checked: “2xx” is not a status code or a range like 200-299"
    assert stored == [("UNKNOWN", "internal", message)]


def test_a_machine_with_few_descriptors_checks_fewer_at_a_time_and_finds_nothing_down(
    installation: Installation, target: LocalServer
) -> None:
    add(installation, *services(target.url, 100, interval_s=600))
    command = f"ulimit -n 64; exec {sys.executable} manage.py check_services --forever"
    checker = installation.start("bash", "-c", f"{command} --per-host 100")
    wait_for(lambda: checks(installation) >= 100, within_s=30)
    _, output = stop(checker)
    assert "checks run at the same time, not 1000" in output
    found = query(installation, "SELECT status, count(*) FROM monitors_servicestatus GROUP BY 1")
    assert found == [("UP", 100)], output
