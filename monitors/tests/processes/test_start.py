"""A start that cannot succeed says why in one line."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from monitors.tests.installation import ROOT, Installation

from .watching import stop, wait_for

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
            "ALLOWED_HOSTS",
            "uptime.example.com, 10.0.0.0/8",
            (
                "Wrong setting: ALLOWED_HOSTS holds host names like uptime.example.com, "
                "not “10.0.0.0/8”."
            ),
        ),
        (
            "CERTIFICATE_WARN_DAYS",
            "30,0,week",
            (
                "Wrong setting: CERTIFICATE_WARN_DAYS holds numbers of days from 1 to 365, "
                "like 30,14,7, not “30,0,week”."
            ),
        ),
        (
            "CANARY_URLS",
            "https://example.com/, example.org",
            (
                "Wrong setting: CANARY_URLS holds addresses like https://example.com/, "
                "not “example.org”."
            ),
        ),
        (
            "CANARY_URLS",
            ",".join(f"https://{number}.example/" for number in range(11)),
            "Wrong setting: CANARY_URLS holds up to 10 addresses, not 11.",
        ),
        (
            "BIND",
            "127.0.0.1:8000",
            (
                "Wrong setting: BIND is an address like 127.0.0.1, ::1 or unix:/run/uptime.sock "
                "(0.0.0.0 lets other machines in; the port is PORT), not “127.0.0.1:8000”."
            ),
        ),
        (
            "SECRET_KEY",
            "short",
            (
                "Wrong setting: SECRET_KEY is too easy to guess: it needs 32 characters or more, "
                "8 of them different."
            ),
        ),
        (
            "HTTPS_ONLY",
            "on",
            (
                "Wrong setting: HTTPS_ONLY needs BEHIND_HTTPS_PROXY=on, "
                "and a proxy that sets X-Forwarded-Proto."
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


def answers(url: str, **headers: str) -> int:
    return httpx.get(url, headers=headers).status_code


@pytest.mark.parametrize("name", ["BIND", "PORT"])
def test_gunicorn_refuses_a_wrong_address_with_the_same_line(
    installation: Installation, name: str
) -> None:
    process = installation.start("gunicorn", "uptime_site.wsgi", **{name: "http://here"})
    output, _ = process.communicate(timeout=20)
    assert (process.returncode, output.count("\n")) == (1, 1)
    assert output.startswith(f"Wrong setting: {name} is a")


@pytest.mark.parametrize("given", ["::1", "[::1]"])
def test_the_dashboard_listens_at_an_ipv6_address(installation: Installation, given: str) -> None:
    process = installation.start("gunicorn", "uptime_site.wsgi", BIND=given)
    installation.wait_until_it_answers(process, host="[::1]")
    assert answers(f"http://[::1]:{installation.port}/accounts/login/") == 302
    _, output = stop(process)
    assert f"Uptime Site is ready: http://[::1]:{installation.port}/" in output


def test_no_address_means_this_machine_alone(installation: Installation) -> None:
    installation.wait_until_it_answers(installation.start("gunicorn", "uptime_site.wsgi", BIND=""))
    with pytest.raises(httpx.ConnectError):
        answers(f"http://127.0.0.2:{installation.port}/healthz")


def test_the_dashboard_listens_at_a_socket(installation: Installation, tmp_path: Path) -> None:
    socket_file = tmp_path / "uptime.sock"
    process = installation.start("gunicorn", "uptime_site.wsgi", BIND=f"unix:{socket_file}")
    wait_for(socket_file.exists, within_s=20)
    transport = httpx.HTTPTransport(uds=str(socket_file))
    with httpx.Client(transport=transport, base_url="http://localhost", timeout=20) as client:
        assert client.get("/healthz").status_code == 200
    assert "Traceback" not in stop(process)[1]


def test_health_is_told_under_every_name_and_nothing_else_is(installation: Installation) -> None:
    installation.serve()
    found = {
        (path, host): answers(f"{installation.url}{path}", Host=host)
        for path in ("/healthz", "/accounts/login/")
        for host in ("localhost", "10.1.2.3:8000", "web_1", "")
    }
    assert found == {
        ("/healthz", "localhost"): 200,
        ("/healthz", "10.1.2.3:8000"): 200,
        ("/healthz", "web_1"): 200,
        ("/healthz", ""): 200,
        ("/accounts/login/", "localhost"): 302,
        ("/accounts/login/", "10.1.2.3:8000"): 400,
        ("/accounts/login/", "web_1"): 400,
        ("/accounts/login/", ""): 400,
    }


def test_a_host_is_found_however_it_is_spelled(installation: Installation) -> None:
    hosts = "https://Uptime.example.com:8443/, bücher.example"
    process = installation.start("gunicorn", "uptime_site.wsgi", ALLOWED_HOSTS=hosts)
    installation.wait_until_it_answers(process)
    login = f"{installation.url}/accounts/login/"
    for host in ("uptime.example.com", "uptime.example.com:8443", "xn--bcher-kva.example"):
        assert (host, answers(login, Host=host)) == (host, 302)


def test_the_usual_database_lies_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "C# 100%41b ü?"
    ignored = shutil.ignore_patterns("tests", "__pycache__")
    for name in ("monitors", "uptime_site"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copyfile(ROOT / "manage.py", folder / "manage.py")
    environment = dict(os.environ) | {"DATABASE_URL": "", "SECRET_KEY": ""}
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    modes = {stat.S_IMODE((folder / name).stat().st_mode) for name in ("db.sqlite3", ".secret_key")}
    assert modes == {0o600}
