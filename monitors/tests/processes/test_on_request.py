"""What is checked on request holds up nobody who looks at the dashboard."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer, local_server

from .test_run import csrf, set_up
from .watching import add, checks, query, services, wait_for

pytestmark = pytest.mark.django_db

CLICKS = 50
IDS = "SELECT id FROM monitors_service ORDER BY id"
RARELY: dict[str, object] = {"interval_s": 3_600, "timeout_s": 5}


@pytest.fixture
def hanging() -> Iterator[LocalServer]:
    with local_server() as server:
        server.hold = Event()
        yield server


def test_fifty_clicks_on_what_hangs_leave_the_dashboard_under_a_second(
    installation: Installation, hanging: LocalServer, target: LocalServer
) -> None:
    # Not due while this lasts: what is asked for here is the clicks' alone.
    add(installation, *services(hanging.url, CLICKS, **RARELY))
    add(installation, {"name": "quick", "url": target.url} | RARELY)
    process = installation.serve()
    token = installation.manage("setup_token").stdout.strip()
    with httpx.Client(base_url=installation.url, follow_redirects=True, timeout=30) as client:
        set_up(client, token)
        form = csrf(client.get("/services/add/"))
        ids = [str(pk) for (pk,) in query(installation, IDS)]

        def click(pk: str) -> httpx.Response:
            return client.post(f"/services/{pk}/check/", data=form)

        with ThreadPoolExecutor(CLICKS) as people:
            # Unhurried, a check of what answers is stored and shown at once.
            assert "200 OK" in click(ids[-1]).text
            clicks = [people.submit(click, pk) for pk in ids[:CLICKS]]
            wait_for(lambda: len(hanging.requests) >= 2, within_s=10)
            waits = list(_looks(client, clicks))
            answers = [click.result() for click in clicks]
    assert len(waits) > 5
    assert max(waits) < 1, sorted(waits)[-5:]
    assert {answer.status_code for answer in answers} == {200}
    told = [answer for answer in answers if "Many checks are under way" in answer.text]
    # Those that were begun are stored, and the others are told so at once.
    stored = query(
        installation, "SELECT count(*) FROM monitors_servicestatus WHERE status = 'DOWN'"
    )
    assert stored == [(CLICKS - len(told),)]
    assert len(told) > CLICKS / 2
    assert process.poll() is None


def _looks(client: httpx.Client, clicks: "list[Future[httpx.Response]]") -> Iterator[float]:
    """Look at the dashboard while clicks are in flight; give how many seconds each look took."""
    while not all(click.done() for click in clicks):
        began = time.monotonic()
        assert client.get("/").status_code == 200
        yield time.monotonic() - began


def test_what_is_too_much_for_the_web_server_is_left_to_the_checker(
    installation: Installation, hanging: LocalServer, target: LocalServer
) -> None:
    add(installation, *services(hanging.url, 20, **RARELY))
    add(installation, {"name": "quick", "url": target.url} | RARELY)
    checker = installation.check_forever()
    # What is under way is not made due: its answer is on its way.
    wait_for(lambda: checks(installation) >= 21, within_s=20)
    assert (len(target.requests), len(hanging.requests)) == (1, 20)
    installation.serve()
    token = installation.manage("setup_token").stdout.strip()
    key = installation.manage("create_api_key", "test").stdout.strip()
    with httpx.Client(base_url=installation.url, follow_redirects=True, timeout=30) as client:
        set_up(client, token)
        form = csrf(client.get("/services/add/"))
        ids = [str(pk) for (pk,) in query(installation, IDS)]
        before = len(hanging.requests)
        with ThreadPoolExecutor(20) as people:
            clicks = [
                people.submit(client.post, f"/services/{pk}/check/", data=form) for pk in ids[:20]
            ]
            wait_for(lambda: sum(click.done() for click in clicks) >= 8, within_s=10)
            busy = client.get(
                f"/api/v1/services/{ids[-1]}/status", headers={"Authorization": f"Bearer {key}"}
            )
            asked = client.post(f"/services/{ids[-1]}/check/", data=form)
            wait_for(lambda: len(target.requests) >= 2, within_s=10)
            assert not all(click.done() for click in clicks)
    assert (busy.status_code, busy.json()["error"]["code"]) == (503, "busy")
    assert busy.headers["Retry-After"] == "2"
    assert "quick is checked next" in asked.text
    # The checker has looked at all of them, besides those that were checked on request.
    wait_for(lambda: len(hanging.requests) >= before + 20, within_s=10)
    assert checker.poll() is None
