"""The command that cron calls: it keeps to what a checker keeps to."""

import subprocess
import sys
import time
from collections.abc import Iterator
from threading import Event

import pytest

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer, local_server

from .watching import add, checks, query, services, wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanging() -> Iterator[LocalServer]:
    with local_server() as server:
        server.hold = Event()
        yield server


def check_once(installation: Installation, *words: str) -> "subprocess.Popen[str]":
    return installation.start(sys.executable, "manage.py", "check_services", *words)


@pytest.mark.parametrize("words", [(), ("--due",)], ids=["all", "due"])
def test_one_host_is_asked_by_so_many_at_a_time(
    installation: Installation, hanging: LocalServer, target: LocalServer, words: tuple[str, ...]
) -> None:
    # By another name it is another host.
    elsewhere = target.url.replace("127.0.0.1", "localhost")
    add(installation, *services(hanging.url, 10, timeout_s=30), *services(elsewhere, 10))
    process = check_once(installation, "--per-host=3", *words)
    wait_for(lambda: checks(installation) == 10 and len(hanging.requests) == 3, within_s=20)
    time.sleep(0.5)
    assert len(hanging.requests) == 3
    assert hanging.hold is not None
    hanging.hold.set()
    output, _ = process.communicate(timeout=20)
    assert (process.returncode, len(output.splitlines())) == (0, 20), output
    assert sorted(hanging.requests) == sorted(f"/{number}" for number in range(10))


def test_a_check_that_lasts_longer_than_its_lease_is_not_begun_again(
    installation: Installation, hanging: LocalServer
) -> None:
    add(installation, *services(hanging.url, 2, timeout_s=30))
    process = check_once(installation, "--due")
    wait_for(lambda: len(hanging.requests) == 2, within_s=20)
    leases = "SELECT min(lease_until) FROM monitors_duecheck"
    ((first,),) = query(installation, leases)
    wait_for(lambda: str(query(installation, leases)[0][0]) > str(first), within_s=10)
    assert hanging.hold is not None
    hanging.hold.set()
    output, _ = process.communicate(timeout=20)
    assert (process.returncode, checks(installation), len(hanging.requests)) == (0, 2, 2), output
