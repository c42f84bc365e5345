"""What a checker must survive when somebody sets the clock of its machine."""

import time
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from monitors.tests.clock import libfaketime
from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .watching import (
    add,
    assert_all_are_on_their_beat,
    checks,
    query,
    services,
    states,
    stop,
    wait_for,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("hours", [-1, 1], ids=["back", "forward"])
def test_a_clock_that_is_set(
    installation: Installation, target: LocalServer, tmp_path: Path, hours: int
) -> None:
    library = libfaketime()
    assert library is not None, "install it: apt-get install faketime"
    offset = tmp_path / "offset"
    offset.write_text("+0")
    add(installation, *services(target.url, 20, timeout_s=1))
    # Mostly not under way when the clock is set: due an hour later than it should be.
    add(installation, {"name": "seldom", "url": f"{target.url}seldom", "interval_s": 10})
    checker = installation.check_forever(
        LD_PRELOAD=str(library),
        FAKETIME_TIMESTAMP_FILE=str(offset),
        # Every second it looks what the clock shall say: each time it is asked would be slow.
        FAKETIME_CACHE_DURATION="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )
    wait_for(lambda: checks(installation) >= 40, within_s=20)
    for setting in (f"{hours * 3_600:+d}", "+0"):
        offset.write_text(setting)
        time.sleep(2.5)
        assert_all_are_on_their_beat(installation, within_s=15)
        wait_for(lambda: states(installation) == {"UP"}, within_s=10)
    _, output = stop(checker)
    assert checker.returncode == 0, output
    assert "Traceback" not in output
    # Where the database has a clock of its own, that of the checker's machine does not matter.
    assert "The clock was set back" not in output or connection.vendor == "sqlite"
    # What was under way when the clock was set back is not known to belong to any due time: it is
    # checked again instead.
    up = "SELECT count(*) FROM monitors_servicestatus WHERE status = 'UP'"
    ((answered,),) = query(installation, up)
    assert int(str(answered)) <= len(target.requests) <= checks(installation) + 21
    # No hour that nobody watched counts as up.
    periods = query(
        installation,
        "SELECT started_at, ended_at FROM monitors_period"
        " WHERE state = 'UP' AND ended_at IS NOT NULL",
    )
    assert all(_seconds(start, end) < 600 for start, end in periods)


def _seconds(start: object, end: object) -> float:
    first, last = (datetime.fromisoformat(str(moment)) for moment in (start, end))
    return (last - first).total_seconds()
