"""What checkers and dashboards must survive that share a PostgreSQL server of their own."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from monitors.tests import postgres
from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

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


def test_what_a_killed_checker_held_goes_to_another_within_15_s(target: LocalServer) -> None:
    with postgres.restartable() as server, Installation.migrated(server.url) as installation:
        add(installation, *services(target.url, 40))
        first, second = (installation.check_forever(f"--name={name}") for name in "ab")
        holders = "SELECT count(DISTINCT holder) FROM monitors_duecheck"
        wait_for(lambda: query(installation, holders) == [(2,)], within_s=20)
        stop(first, signal.SIGKILL)
        assert_all_are_on_their_beat(installation, within_s=15)
        # And a third takes its share.
        third = installation.check_forever("--name=c")
        held = "SELECT count(*) FROM monitors_duecheck d JOIN monitors_checker c"
        wait_for(
            lambda: query(installation, f"{held} ON c.id = d.holder WHERE c.name = 'c'") > [(5,)],
            within_s=15,
        )
        for checker in (second, third):
            stop(checker)
        assert checks(installation) <= len(target.requests)
        assert_the_story_is_whole(installation)


# Of each service the seconds that nobody saw, since it was first checked.
UNSEEN = (
    "SELECT service_id, extract(epoch FROM sum(ended_at - started_at))"
    " FROM monitors_period WHERE state = 'UNKNOWN'"
    " AND started_at > (SELECT min(checked_at) FROM monitors_servicestatus) GROUP BY 1"
)


def test_a_database_server_that_is_away_for_20_s(target: LocalServer) -> None:
    with postgres.restartable() as server, Installation.migrated(server.url) as installation:
        add(installation, *services(target.url, 20, timeout_s=1))
        checker = installation.check_forever()
        wait_for(lambda: checks(installation) >= 40, within_s=20)
        server.stop()
        time.sleep(20)
        server.start()
        # First comes what had been found when it went, then every service is checked again.
        wait_for(lambda: len(query(installation, UNSEEN)) == 20, within_s=20)
        assert_all_are_on_their_beat(installation, within_s=10)
        _, output = stop(checker)
        assert checker.returncode == 0, output
        assert "Traceback" not in output
        # What had been found when it went is stored; nothing was asked while it was away.
        assert checks(installation) == len(target.requests)
        # And the time is known to be unknown: two intervals and the timeout after the last check.
        assert all(10 < float(str(seconds)) < 30 for _, seconds in query(installation, UNSEEN))
        assert states(installation) == {"UP"}
        assert_the_story_is_whole(installation)


def test_a_dashboard_whose_database_server_is_away() -> None:
    """It says so to people and to programs, and goes on once the server is back."""
    with postgres.restartable() as server, Installation.migrated(server.url) as installation:
        key = installation.manage("create_api_key", "test").stdout.strip()
        installation.serve()
        bearer = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=installation.url, headers=bearer, timeout=30) as client:
            assert client.get("/api/v1/services").json() == []
            server.stop()
            with ThreadPoolExecutor() as side_by_side:  # each waits 10 s for a connection
                told, page = side_by_side.map(client.get, ("/api/v1/services", "/accounts/login/"))
            server.start()
            wait_for(lambda: client.get("/api/v1/services").status_code == 200, within_s=15)
    assert [answer.status_code for answer in (told, page)] == [503, 503]
    assert [answer.headers["Retry-After"] for answer in (told, page)] == ["10", "10"]
    assert told.json()["error"]["code"] == "service_unavailable"
    assert "Database unavailable" in page.text
