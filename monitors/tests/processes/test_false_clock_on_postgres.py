"""Two checkers on one PostgreSQL whose machines do not agree on the time."""

import time
from collections import Counter
from datetime import datetime, timedelta

from monitors.domain.schedule import next_beat
from monitors.tests import postgres
from monitors.tests.clock import libfaketime
from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .watching import (
    add,
    assert_the_story_is_whole,
    checks,
    query,
    services,
    states,
    stop,
    wait_for,
)

# No part of 20 s: what begins by the wrong clock is between two beats.
INTERVAL_S, WATCHED_FOR_S = 3, 12


def test_a_checker_20_s_ahead_checks_nothing_twice_and_nothing_early(target: LocalServer) -> None:
    library = libfaketime()
    assert library is not None, "install it: apt-get install faketime"
    ahead = {
        "LD_PRELOAD": str(library),
        "FAKETIME": "+20s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with postgres.restartable() as server, Installation.migrated(server.url) as installation:
        add(installation, *services(target.url, 20, interval_s=INTERVAL_S))
        right = installation.check_forever("--name=right", "--location=right")
        wrong = installation.check_forever("--name=wrong", "--location=wrong", **ahead)
        places = "SELECT count(DISTINCT location) FROM monitors_servicestatus"
        wait_for(lambda: query(installation, places) == [(2,)], within_s=30)
        before = Counter(target.requests)
        time.sleep(WATCHED_FOR_S)
        asked = Counter(target.requests) - before
        outputs = [stop(checker)[1] for checker in (right, wrong)]
        # Each is asked at each of its beats, once; one may fall on either end.
        beats = WATCHED_FOR_S // INTERVAL_S
        assert len(asked) == 20
        assert set(asked.values()) <= {beats - 1, beats, beats + 1}, asked
        # Nothing that was asked was for nothing.
        assert checks(installation) == len(target.requests), outputs
        begun = query(
            installation,
            "SELECT service_id, checked_at, location FROM monitors_servicestatus ORDER BY id",
        )
        late = [_late_s(service, at) for service, at, _ in begun]
        assert min(late[-60:]) > -0.2, sorted(late)
        ((now,),) = query(installation, "SELECT clock_timestamp()")
        assert all(at < now for _, at, _ in begun)  # type: ignore[operator]
        # Both have had their share, and neither thinks the other is gone.
        shares = Counter(location for *_, location in begun[-60:])
        assert min(shares.values()) > 10, shares
        assert states(installation) == {"UP"}
        assert_the_story_is_whole(installation)


def _late_s(service_id: object, at: object) -> float:
    """Tell how long after its beat a check began, by the clock of the database."""
    assert isinstance(service_id, int)
    assert isinstance(at, datetime)
    # The beat that is nearest.
    beat = next_beat(service_id, INTERVAL_S, at - timedelta(seconds=INTERVAL_S / 2))
    return (at - beat).total_seconds()
