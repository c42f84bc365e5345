"""One outbox of many checkers, on a PostgreSQL server of its own."""

import time
from collections.abc import Iterator

import pytest

from monitors.tests import postgres
from monitors.tests.installation import Installation
from monitors.tests.receiver import Receiver, receiver

from .telling import add_channels, posted, queue_outages, told, undelivered
from .watching import query, stop, wait_for


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


def test_two_checkers_and_one_outbox(hook: Receiver) -> None:
    with postgres.restartable() as server, Installation.migrated(server.url) as installation:
        grouped = {"name": "grouped", "target": f"{hook.url}/grouped", "group_s": 2}
        add_channels(installation, {"name": "each", "target": hook.url}, grouped)
        checkers = [installation.check_forever(f"--name={name}") for name in "ab"]
        started = "SELECT count(*) FROM monitors_checker"
        wait_for(lambda: query(installation, started) == [(2,)], within_s=20)
        queue_outages(installation, 300)
        wait_for(lambda: undelivered(installation) == 0, within_s=30)
        outputs = [stop(checker)[1] for checker in checkers]
        # Nothing twice, nothing in two messages, and both have sent.
        assert set(posted(hook).values()) == {1}
        assert sorted(told(hook)) == [("service.down", 1)] * 300 + [("service.down", 300)]
        senders = "SELECT count(DISTINCT holder) FROM monitors_message"
        assert query(installation, senders) == [(2,)]
        assert not any("Traceback" in output for output in outputs)


def test_a_database_that_goes_away_while_something_is_sent(hook: Receiver) -> None:
    with postgres.restartable() as server, Installation.migrated(server.url) as installation:
        add_channels(installation, {"name": "Ops", "target": hook.url})
        queue_outages(installation, 400)
        checker = installation.check_forever()
        wait_for(lambda: len(hook.received) >= 50, within_s=20)
        server.stop()
        time.sleep(3)
        sent = len(hook.received)
        server.start()
        wait_for(lambda: undelivered(installation) == 0, within_s=30)
        _, output = stop(checker)
        assert (checker.returncode, "Traceback" in output) == (0, False), output
        assert 50 <= sent < 400
        # What was sent while nothing could be noted is noted afterwards, and not sent again.
        assert len(posted(hook)) == len(hook.received) == 400
