"""A start that cannot succeed says why in one line."""

import signal
import socket
import subprocess
import sys

import httpx
import pytest

from monitors.tests.installation import ROOT, Installation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "DATABASE_URL",
            "mysql://localhost/x",
            (
                "Wrong setting: DATABASE_URL begins with postgres:// or sqlite:///, not “mysql”; "
                "like postgres://user:password@host:5432/name."
            ),
        ),
        (
            "DATABASE_URL",
            "postgres://h:port/x",
            (
                "Wrong setting: DATABASE_URL cannot be read; "
                "it looks like postgres://user:password@host:5432/name."
            ),
        ),
        ("DEBUG", "perhaps", "Wrong setting: DEBUG is on or off, not “perhaps”."),
        ("PORT", "http", "Wrong setting: PORT is a whole number from 1 to 65535, not “http”."),
        (
            "TIME_ZONE",
            "Mars/Olympus",
            "Wrong setting: TIME_ZONE is a name like Europe/Berlin, not “Mars/Olympus”.",
        ),
        (
            "CSRF_TRUSTED_ORIGINS",
            "example.com",
            (
                "Wrong setting: CSRF_TRUSTED_ORIGINS holds addresses like "
                "https://uptime.example.com, not “example.com”."
            ),
        ),
        (
            "EMAIL_URL",
            "mail.example.com",
            (
                "Wrong setting: EMAIL_URL cannot be read; "
                "it looks like smtp+tls://user:password@mail.example.com:587."
            ),
        ),
    ],
)
def test_a_wrong_setting_stops_the_start(name: str, value: str, sentence: str) -> None:
    installation = Installation("sqlite:////tmp/never-made.sqlite3")
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=installation.environment | {name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{sentence}\n")


@pytest.mark.parametrize(
    ("url", "beginning"),
    [
        ("postgres://nobody@127.0.0.1:1/x", "The database cannot be used: connection failed:"),
        ("sqlite:////nowhere/at/all.sqlite3", "The database cannot be used: unable to open"),
    ],
)
def test_an_unreachable_database_is_one_line(url: str, beginning: str) -> None:
    done = Installation(url).manage("migrate", succeeds=False)
    assert done.returncode == 1
    assert done.stderr.startswith(beginning)
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_one_line(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        process = installation.start("gunicorn", "uptime_site.wsgi")
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    lines = [line for line in output.splitlines() if "[INFO]" not in line]
    assert lines == [
        f"Port {installation.port} on 127.0.0.1 is in use; choose another with PORT=8001."
    ]


@pytest.mark.parametrize("application", ["uptime_site.wsgi", "uptime_site.asgi"])
def test_gunicorn_serves_pages_and_static_files_and_says_where(
    installation: Installation, application: str
) -> None:
    process = installation.start("gunicorn", application)
    installation.wait_until_it_answers(process)
    token = installation.manage("setup_token").stdout.strip()
    page = httpx.get(installation.url, follow_redirects=True)
    assert (page.status_code, page.url.path) == (200, "/setup/")
    style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert style.startswith("/static/css/")
    sheet = httpx.get(installation.url + style)
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, 'text/css; charset="utf-8"')
    assert "immutable" in sheet.headers["cache-control"]
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert f"Uptime Site is ready: {installation.url}/" in output
    assert f"{installation.url}/setup/?token={token}" in output
