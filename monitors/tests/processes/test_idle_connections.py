"""Connections that say nothing, half of something, or do not listen, keep nobody else waiting."""

import contextlib
import re
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from monitors.tests.installation import Installation

from .test_run import set_up
from .watching import stop, wait_for

pytestmark = pytest.mark.django_db

IDLE = 500
POST = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HALVES = (b"", b"GET / HTTP/1.1\r\nHost: loc", POST + b"Content-Length: 1000\r\n\r\n{")


@contextlib.contextmanager
def connections(port: int, count: int, *beginnings: bytes) -> Iterator[list[socket.socket]]:
    """Hold connections that have sent one of these in turns, and do nothing more."""
    with contextlib.ExitStack() as held:
        opened = []
        for number in range(count):
            connection = held.enter_context(socket.socket())
            connection.settimeout(20)
            # Little of an answer that nobody fetches fits in between.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.connect(("127.0.0.1", port))
            connection.sendall(beginnings[number % len(beginnings)])
            opened.append(connection)
        yield opened


def slowest_s(client: httpx.Client, path: str) -> float:
    """Give how long the slowest of twenty answers took."""
    times = []
    for _ in range(20):
        began = time.monotonic()
        assert client.get(path, timeout=20).status_code == 200
        times.append(time.monotonic() - began)
    return max(times)


def ended(connection: socket.socket) -> bool:
    """Tell whether the other side has closed, with or without a last word."""
    connection.settimeout(20)
    try:
        while connection.recv(65_536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("application", ["uptime_site.wsgi", "uptime_site.asgi"])
def test_the_list_stays_quick_beside_five_hundred_idle_connections(
    installation: Installation, application: str
) -> None:
    process = installation.start("gunicorn", application)
    installation.wait_until_it_answers(process)
    token = installation.manage("setup_token").stdout.strip()
    with httpx.Client(base_url=installation.url, follow_redirects=True) as client:
        set_up(client, token)
        with connections(installation.port, IDLE, *HALVES):
            assert slowest_s(client, "/") < 1
            took, output = stop(process)
    assert took < 5, output
    assert "Traceback" not in output


def test_answers_that_nobody_fetches_hold_up_nothing(installation: Installation) -> None:
    installation.serve()
    largest = "/static/ninja/swagger-ui-bundle.js"
    assert len(httpx.get(installation.url + largest).content) > 1_000_000
    # Five of them are more than the system keeps for a connection by itself.
    request = f"GET {largest} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 5
    with (
        httpx.Client(base_url=installation.url) as client,
        connections(installation.port, 40, request),
    ):
        assert client.get("/setup/", timeout=20).status_code == 200
        assert slowest_s(client, "/setup/") < 1


def test_who_does_not_go_on_is_sent_away(installation: Installation) -> None:
    hasty = "monitors.tests.processes.hasty_worker.HastyWorker"
    process = installation.start("gunicorn", "uptime_site.wsgi", "--worker-class", hasty)
    installation.wait_until_it_answers(process)
    with connections(installation.port, 3, *HALVES) as idle:
        assert [ended(connection) for connection in idle] == [True, True, True]


def test_a_request_that_is_too_large_is_refused_before_it_is_read(
    installation: Installation,
) -> None:
    installation.serve()
    long_body = POST + b"Content-Length: 3000000\r\n\r\n{"
    long_header = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 40_000
    endless = (
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"FFFF\r\n%b\r\n" % (b"x" * 65_535) * 42
    )
    found = []
    for request in (long_body, long_header, endless):
        with connections(installation.port, 1, request) as (connection,):
            found.append(connection.recv(12))
    assert found == [b"HTTP/1.1 413", b"HTTP/1.0 431", b"HTTP/1.1 413"]


def test_a_request_in_pieces_or_in_chunks_arrives_whole(installation: Installation) -> None:
    installation.serve()
    key = installation.manage("create_api_key", "test").stdout.strip()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    pieces = iter([b'{"name": "Shop",', b' "url": "http://127.0.0.1:9/"}'])
    made = httpx.post(f"{installation.url}/api/v1/services/", content=pieces, headers=headers)
    assert (made.status_code, made.json()["name"]) == (201, "Shop")


def test_what_has_begun_is_answered_before_the_end(installation: Installation) -> None:
    process = installation.serve()
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20
    with connections(installation.port, 1, request) as (connection,):
        first = connection.recv(65_536)
        took, _ = stop(process)
        with contextlib.suppress(ConnectionResetError):
            while more := connection.recv(65_536):
                first += more
    assert (took < 5, first.count(b"HTTP/1.1 200 OK") > 0) == (True, True)


def test_the_log_of_requests_is_gunicorns(installation: Installation) -> None:
    process = installation.start("gunicorn", "uptime_site.wsgi", "--access-logfile", "-")
    installation.wait_until_it_answers(process)
    _, output = stop(process)
    assert "Traceback" not in output
    said = r'^127\.0\.0\.1 - - \[.+\] "GET /healthz HTTP/1\.1" 200 '
    assert re.search(said, output, re.MULTILINE), output


def test_workers_that_have_served_enough_are_replaced(installation: Installation) -> None:
    process = installation.start("gunicorn", "uptime_site.wsgi", "--max-requests", "3")
    installation.wait_until_it_answers(process)

    def answers() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{installation.url}/healthz").status_code == 200
        return False

    for _ in range(12):
        wait_for(answers, within_s=20)
    _, output = stop(process)
    assert output.count("Booting worker") > 2
