"""Outages are told by running checkers, whatever happens to them."""

import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest

from monitors.tests.clock import libfaketime
from monitors.tests.installation import Installation, free_port
from monitors.tests.local_server import LocalServer, local_server
from monitors.tests.receiver import Receiver, receiver

from .telling import add_channels, number, posted, queue_outages, told, undelivered
from .watching import add, query, services, states, stop, wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


def moment(stored: object) -> datetime:
    """Read a time as a database gives it."""
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))


def test_an_outage_and_its_end_are_told(installation: Installation, hook: Receiver) -> None:
    add_channels(installation, {"name": "Ops", "target": hook.url})
    port = free_port()
    add(installation, *services(f"http://127.0.0.1:{port}/", 1, retry_interval_s=1))
    checker = installation.check_forever()
    wait_for(lambda: told(hook) == [("service.down", 1)], within_s=20)
    with local_server(port):
        wait_for(lambda: told(hook)[1:] == [("service.up", 1)], within_s=20)
        assert states(installation) == {"UP"}
        seconds, output = stop(checker)
    assert (checker.returncode, seconds < 2) == (0, True), output
    assert "Traceback" not in output
    assert set(posted(hook).values()) == {1}


def test_a_checker_that_is_killed_between_sending_and_noting_ten_times(
    installation: Installation, hook: Receiver
) -> None:
    add_channels(installation, {"name": "Ops", "target": hook.url})
    queue_outages(installation, 40)
    for _ in range(10):
        before = len(hook.received)
        checker = installation.check_forever("--name=a")
        # What has just come cannot have been noted yet: that takes a tenth of a second.
        wait_for(lambda before=before: len(hook.received) > before, within_s=20)  # type: ignore[misc]
        stop(checker, signal.SIGKILL)
    checker = installation.check_forever("--name=a")
    wait_for(lambda: undelivered(installation) == 0, within_s=20)
    stop(checker)
    # At least once each, none lost, and no alert under two ids.
    assert len(posted(hook)) == 40
    assert len(hook.received) >= 40


def test_a_checker_that_stops_while_a_receiver_hangs(
    installation: Installation, hook: Receiver
) -> None:
    hook.hold = Event()
    add_channels(installation, {"name": "Ops", "target": hook.url})
    queue_outages(installation, 20)
    checker = installation.check_forever()
    wait_for(lambda: len(hook.received) >= 8, within_s=20)
    seconds, output = stop(checker)
    assert (checker.returncode, seconds < 2) == (0, True), output
    hook.hold.set()
    # Given back, and not left to a lease that runs out.
    checker = installation.check_forever()
    wait_for(lambda: undelivered(installation) == 0, within_s=15)
    stop(checker)
    assert len(posted(hook)) == 20


def test_a_checker_that_stops_while_a_mail_server_hangs(installation: Installation) -> None:
    ops: dict[str, object] = {"name": "Ops", "kind": "email", "target": "ada@example.org"}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        add_channels(installation, ops | {"signing_secret": ""})
        queue_outages(installation, 3)
        port = silent.getsockname()[1]
        checker = installation.check_forever(EMAIL_URL=f"smtp://127.0.0.1:{port}")
        silent.settimeout(20)
        taken, _ = silent.accept()
        with taken:
            seconds, output = stop(checker)
    assert (checker.returncode, seconds < 2) == (0, True), output


def test_ten_thousand_alerts_keep_no_check_from_its_beat(
    installation: Installation, target: LocalServer, hook: Receiver
) -> None:
    add_channels(installation, {"name": "Ops", "target": hook.url, "group_s": 1})
    add(installation, *services(target.url, 20))
    queue_outages(installation, 10_000)
    checker = installation.check_forever()
    wait_for(lambda: undelivered(installation) == 0, within_s=30)
    assert told(hook) == [("service.down", 10_000)]
    _, output = stop(checker)
    assert "Traceback" not in output
    checked = query(
        installation,
        "SELECT service_id, checked_at FROM monitors_servicestatus ORDER BY 1, 2",
    )
    pauses = [
        (moment(later) - moment(sooner)).total_seconds()
        for (service, sooner), (same, later) in pairwise(checked)
        if service == same
    ]
    assert max(pauses) < 2.5


def test_once_tells_what_is_due(installation: Installation, hook: Receiver) -> None:
    add_channels(installation, {"name": "Ops", "target": hook.url})
    queue_outages(installation, 5)
    installation.manage("check_services")
    assert told(hook) == [("service.down", 1)] * 5
    assert undelivered(installation) == 0


def test_a_clock_that_is_set_back_an_hour_holds_nothing_up(
    installation: Installation, hook: Receiver, tmp_path: Path
) -> None:
    library = libfaketime()
    assert library is not None, "install it: apt-get install faketime"
    offset = tmp_path / "offset"
    offset.write_text("+0")
    grouped = {"name": "grouped", "target": f"{hook.url}/grouped", "group_s": 60}
    add_channels(installation, {"name": "each", "target": hook.url}, grouped)
    hook.status = 500
    checker = installation.check_forever(
        LD_PRELOAD=str(library),
        FAKETIME_TIMESTAMP_FILE=str(offset),
        FAKETIME_CACHE_DURATION="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )
    queue_outages(installation, 3)
    tried = "SELECT count(*) FROM monitors_message WHERE attempts > 0"
    wait_for(lambda: number(installation, tried) == 3, within_s=20)
    offset.write_text("-3600")
    hook.status = 204
    delivered = "SELECT count(*) FROM monitors_message WHERE delivered_at IS NOT NULL"
    wait_for(lambda: number(installation, delivered) == 3, within_s=20)
    # What waits to be grouped waits for a minute from now, not for an hour and a minute.
    waits = "SELECT max(due_at) FROM monitors_alert WHERE fate = 'waiting'"
    ((due_at,),) = query(installation, waits)
    latest = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=60)
    assert moment(due_at).replace(tzinfo=None) < latest
    _, output = stop(checker)
    assert "Traceback" not in output
