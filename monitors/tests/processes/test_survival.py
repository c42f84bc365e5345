"""What a checker must survive, each with real processes."""

import signal
import time
from collections.abc import Iterator
from threading import Event

import pytest

from monitors.tests.installation import Installation, free_port
from monitors.tests.local_server import LocalServer, local_server

from .watching import (
    add,
    assert_all_are_on_their_beat,
    assert_the_story_is_whole,
    checks,
    query,
    services,
    states,
    stop,
    wait_for,
)

pytestmark = pytest.mark.django_db


def test_kill_ten_times_in_a_row(installation: Installation, target: LocalServer) -> None:
    add(installation, *services(target.url, 20))
    stored = 0
    for _ in range(10):
        checker = installation.check_forever("--name=a")
        # Killed while results are on their way.
        wait_for(lambda stored=stored: checks(installation) > stored, within_s=15)  # type: ignore[misc]
        stop(checker, signal.SIGKILL)
        assert checks(installation) > stored
        stored = checks(installation)
        assert_the_story_is_whole(installation)
    checker = installation.check_forever("--name=a")
    assert_all_are_on_their_beat(installation, within_s=15)
    _, output = stop(checker)
    assert "Traceback" not in output
    assert stored < checks(installation) <= len(target.requests)
    assert_the_story_is_whole(installation)


@pytest.fixture
def hanging() -> Iterator[LocalServer]:
    with local_server() as server:
        server.hold = Event()
        yield server


def test_500_services_on_one_host_that_hangs(
    installation: Installation, target: LocalServer, hanging: LocalServer
) -> None:
    # By another name it is another host.
    elsewhere = hanging.url.replace("127.0.0.1", "localhost")
    add(
        installation,
        *services(elsewhere, 500, interval_s=10, timeout_s=3),
        *services(target.url, 10),
    )
    checker = installation.check_forever("--per-host=25")
    wait_for(lambda: len(hanging.requests) >= 25, within_s=20)
    before = len(target.requests)
    time.sleep(6)
    # The others keep their beat: six checks each, give or take one at the ends.
    assert 50 <= len(target.requests) - before <= 70
    # In six seconds, two rounds of 25 time out.
    assert 25 <= len(hanging.requests) <= 100
    assert hanging.hold is not None
    hanging.hold.set()
    wait_for(lambda: len(set(hanging.requests)) == 500, within_s=30)
    wait_for(
        lambda: query(installation, "SELECT 1 FROM monitors_service WHERE last_status = ''") == [],
        within_s=10,
    )
    _, output = stop(checker)
    assert checker.returncode == 0, output
    assert_the_story_is_whole(installation)


def test_every_service_down_at_once(installation: Installation) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    add(installation, *services(url, 300, interval_s=3, retry_interval_s=1))
    with local_server(port):
        checker = installation.check_forever("--per-host=300")
        wait_for(lambda: states(installation) == {"UP"}, within_s=30)
    wait_for(lambda: states(installation) == {"DOWN"}, within_s=30)
    assert_all_are_on_their_beat(installation, within_s=20)
    kept = query(installation, "SELECT count(*) FROM monitors_checkevidence")
    assert int(str(kept[0][0])) >= 600
    with local_server(port):
        wait_for(lambda: states(installation) == {"UP"}, within_s=30)
        _, output = stop(checker)
    assert checker.returncode == 0, output
    outages = query(
        installation,
        "SELECT count(*), count(DISTINCT service_id) FROM monitors_period WHERE state = 'DOWN'",
    )
    assert outages == [(300, 300)]
    assert_the_story_is_whole(installation)
