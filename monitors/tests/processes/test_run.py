"""What `make run` starts: the dashboard and the checker on one console."""

import contextlib
import os
import re
import signal
import socket
from pathlib import Path

import httpx
import pytest

from monitors.tests.conftest import PASSWORD
from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .watching import stop, wait_for

pytestmark = pytest.mark.django_db

# As the Makefile says it.
RUN = ("honcho", "start", "--env", "/dev/null")


def csrf(page: httpx.Response) -> dict[str, str]:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert found is not None
    return {"csrfmiddlewaretoken": found[1]}


def set_up(client: httpx.Client, token: str) -> None:
    page = client.get("/")
    form = {"token": token, "username": "ada", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/setup/", data=csrf(page) | form).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_dashboard_and_checker_work_together_and_stop_together(
    installation: Installation, target: LocalServer, number: int
) -> None:
    process = installation.start(*RUN)
    installation.wait_until_it_answers(process)
    token = installation.manage("setup_token").stdout.strip()
    with httpx.Client(base_url=installation.url, follow_redirects=True) as client:
        set_up(client, token)
        key = installation.manage("create_api_key", "test").stdout.strip()
        bearer = {"Authorization": f"Bearer {key}"}
        service = {"name": "Shop", "url": target.url, "interval_s": 1}
        made = client.post("/api/v1/services/", json=service, headers=bearer)
        path = f"/api/v1/services/{made.json()['id']}/"
        wait_for(lambda: client.get(path, headers=bearer).json()["state"] == "UP", within_s=10)
        assert 'class="service service-up"' in client.get("/").text
    took, output = stop(process, number)
    assert took < 5, output
    assert "Traceback" not in output
    assert f"Uptime Site is ready: {installation.url}/" in output
    assert f"One-time token for the first account: {token}" in output
    with pytest.raises(httpx.ConnectError):
        httpx.get(installation.url)


def test_when_the_checker_dies_the_dashboard_does_not_go_on_alone(
    installation: Installation,
) -> None:
    process = installation.start(*RUN)
    installation.wait_until_it_answers(process)
    for pid in checkers_of(installation):
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: process.poll() is not None, within_s=15)
    assert process.returncode != 0


def test_the_highest_ports_serve_too(installation: Installation) -> None:
    # honcho gives each program a port a hundred above that of the one before.
    installation.port = free_port_from(65_500)
    process = installation.start(*RUN)
    installation.wait_until_it_answers(process)
    assert checkers_of(installation)
    assert "Wrong setting" not in stop(process)[1]


def free_port_from(low: int) -> int:
    for port in range(low, 65_536):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def checkers_of(installation: Installation) -> list[int]:
    """Find the checker's processes by what they run and on which database."""
    mark = f"DATABASE_URL={installation.database_url}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes()
            if b"check_services" in command and mark in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    assert found, "no checker runs"
    return found
