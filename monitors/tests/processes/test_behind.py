"""A router and what is behind it die together, and one message tells of it."""

from contextlib import ExitStack

import pytest

from monitors.tests.installation import Installation, free_port
from monitors.tests.local_server import local_server
from monitors.tests.receiver import receiver

from .telling import add_channels, number, told
from .watching import add, services, states, stop, wait_for, write

pytestmark = pytest.mark.django_db

OF_SHOPS = (
    "SELECT count(*) FROM monitors_alert a JOIN monitors_service s ON s.id = a.service_id"
    " WHERE s.name <> 'router' AND a.fate = "
)


def test_what_is_behind_a_router_that_dies_is_not_told(installation: Installation) -> None:
    router_port, shops_port = free_port(), free_port()
    quick = {"retry_interval_s": 1, "failures_before_down": 2}
    add(installation, *services(f"http://127.0.0.1:{shops_port}/", 20, **quick))
    # It is looked at far more seldom than what hangs on it.
    add(
        installation,
        {"name": "router", "url": f"http://127.0.0.1:{router_port}/", "interval_s": 600} | quick,
    )
    write(
        installation,
        "INSERT INTO monitors_service_depends_on (from_service_id, to_service_id)"
        " SELECT s.id, r.id FROM monitors_service s, monitors_service r"
        " WHERE r.name = 'router' AND s.name <> 'router'",
    )
    with receiver() as hook:
        add_channels(installation, {"name": "Ops", "target": hook.url})
        with ExitStack() as alive:
            for port in (router_port, shops_port):
                alive.enter_context(local_server(port))
            checker = installation.check_forever()
            wait_for(lambda: states(installation) == {"UP"}, within_s=20)
        wait_for(lambda: told(hook) == [("service.down", 1)], within_s=20)
        wait_for(lambda: states(installation) == {"DOWN"}, within_s=10)
        wait_for(lambda: number(installation, f"{OF_SHOPS} 'waiting'") == 20, within_s=10)
        with local_server(router_port), local_server(shops_port):
            wait_for(lambda: states(installation) == {"UP"}, within_s=20)
            wait_for(lambda: number(installation, f"{OF_SHOPS} 'over'") >= 20, within_s=20)
            _, output = stop(checker)
        assert told(hook) == [("service.down", 1), ("service.up", 1)]
    assert "Traceback" not in output
