"""A checker whose network goes away, with canaries on this machine that go with it."""

import signal

import pytest

from monitors.engine.claims import LEASE_S
from monitors.tests.installation import Installation, free_port
from monitors.tests.local_server import local_server

from .telling import add_channels
from .watching import add, query, services, states, stop, wait_for

pytestmark = pytest.mark.django_db

SETTINGS = {"interval_s": 1, "retry_interval_s": 1, "failures_before_down": 1, "timeout_s": 2}


def statuses(installation: Installation) -> set[object]:
    rows = query(installation, "SELECT last_status FROM monitors_service")
    return {status for (status,) in rows}


def test_while_it_is_cut_off_nothing_is_charged_and_afterwards_all_goes_on(
    installation: Installation,
) -> None:
    canary_port, service_port = free_port(), free_port()
    urls = f"http://127.0.0.1:{canary_port}/,http://localhost:{canary_port}/"
    add(installation, *services(f"http://127.0.0.1:{service_port}/", 5, **SETTINGS))
    add_channels(installation, {"name": "ops", "kind": "email", "events": ["monitor"]})
    with local_server(canary_port) as canary:
        with local_server(service_port):
            checker = installation.check_forever(CANARY_URLS=urls)
            wait_for(lambda: states(installation) == {"UP"}, within_s=20)
            assert canary.requests == []
        # A service that dies while canaries live is down.
        wait_for(lambda: states(installation) == {"DOWN"}, within_s=10)
        assert canary.requests
        with local_server(service_port):
            wait_for(lambda: states(installation) == {"UP"}, within_s=10)
    wait_for(lambda: statuses(installation) == {"UNKNOWN"}, within_s=10)
    wait_for(lambda: bool(query(installation, "SELECT id FROM monitors_alert")), within_s=5)
    downs = "SELECT count(*) FROM monitors_period WHERE state = 'DOWN'"
    before = query(installation, downs)
    # A checker that is killed meanwhile is followed by one that knows.
    stop(checker, signal.SIGKILL)
    checker = installation.check_forever("--name", "second", CANARY_URLS=urls)
    wait_for(lambda: statuses(installation) == {"UNKNOWN"}, within_s=10)
    with local_server(canary_port):
        # What the killed one held is free once its lease has run out.
        wait_for(lambda: states(installation) == {"DOWN"}, within_s=LEASE_S + 8)
        cut_off = "SELECT count(*) FROM monitors_checker WHERE cut_off_since IS NOT NULL"
        wait_for(lambda: query(installation, cut_off)[0][0] == 1, within_s=10)
    took, output = stop(checker)
    assert (checker.returncode, took < 2) == (0, True), output
    assert "Traceback" not in output
    assert before == [(5,)]
