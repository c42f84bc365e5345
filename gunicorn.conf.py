"""How gunicorn serves the dashboard; every setting can be overridden on its command line."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import environ

_HERE = Path(__file__).resolve().parent
_env = environ.Env()
if (_HERE / ".env").is_file():
    _env.read_env(_HERE / ".env")

bind = f"{_env.str('BIND', default='127.0.0.1')}:{_env.str('PORT', default='8000')}"
workers = 2
worker_class = "asgi" if any("uptime_site.asgi" in word for word in sys.argv) else "gthread"
threads = 8
# A check may take 60 s; a worker that answers nobody for longer is ended.
timeout = 90
graceful_timeout = 2
control_socket_disable = True
chdir = str(_HERE)


def on_starting(server: Any) -> None:
    """Refuse a port in use with one line, and collect the static files."""
    for host, port in server.cfg.address:
        _refuse_used(host, port)
    collected = _manage("collectstatic", "--noinput", "--verbosity=0")
    if collected.returncode:
        sys.stderr.write(collected.stderr.strip().splitlines()[-1] + "\n")
        sys.exit(1)


def when_ready(server: Any) -> None:
    """Say where the dashboard is."""
    host, port = server.cfg.address[0]
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    answer = _manage("welcome", f"http://{shown}:{port}/")
    sys.stderr.write(answer.stdout)
    if answer.returncode:
        sys.stderr.write(answer.stderr.strip().splitlines()[-1] + "\n")


def _refuse_used(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            used = error.errno == errno.EADDRINUSE
            why = "is in use" if used else f"cannot be used: {os.strerror(error.errno or 0)}"
            sys.stderr.write(f"Port {port} on {host} {why}; choose another with PORT=8001.\n")
            sys.exit(1)


def _manage(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "manage.py", *words],
        cwd=_HERE,
        capture_output=True,
        text=True,
        check=False,
    )
