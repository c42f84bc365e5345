"""How gunicorn serves the dashboard; every setting can be overridden on its command line."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE))

from uptime_site import addresses, environment  # noqa: E402 - after the path
from uptime_site.start import one_line_errors  # noqa: E402

with one_line_errors(exit_status=1):
    _env = environment.read(_HERE)
    bind = environment.bind(_env)
    _base_path = environment.base_path(_env)

workers = 2
is_asgi = any("uptime_site.asgi" in word for word in sys.argv)
worker_class = f"uptime_site.{'asgi_worker.TimedWorker' if is_asgi else 'worker.BufferingWorker'}"
# The worker with ASGI has one for each request.
threads = 1 if is_asgi else 8
# A check may take 60 s; a worker that answers nobody for longer is ended.
timeout = 90
graceful_timeout = 2
control_socket_disable = True
chdir = str(_HERE)


def on_starting(server: Any) -> None:
    """Refuse a port in use with one line, collect the static files, and say where all is."""
    if server.cfg.is_ssl and server.cfg.worker_class_str == worker_class and not is_asgi:
        sys.stderr.write("HTTPS is for a proxy; without one, add --worker-class gthread.\n")
        sys.exit(1)
    for address in server.cfg.address:
        if isinstance(address, tuple):
            _refuse_used(*address)
    prepared = _prepare(server.cfg.address[0])
    if prepared.returncode:
        sys.stderr.write(prepared.stderr.strip().splitlines()[-1] + "\n")
        sys.exit(1)
    server.welcome = prepared.stdout


def when_ready(server: Any) -> None:
    """Say where the dashboard is, now that it can be opened."""
    sys.stderr.write(server.welcome)


def _prepare(address: Any) -> "subprocess.CompletedProcess[str]":
    # At a socket nobody can open it, only a proxy.
    url = ""
    if isinstance(address, tuple):
        host, port = address
        url = addresses.url(host, port, _base_path)
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "manage.py", "prepare", url],
        cwd=_HERE,
        capture_output=True,
        text=True,
        check=False,
    )


def _refuse_used(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            used = error.errno == errno.EADDRINUSE
            why = "is in use" if used else f"cannot be used: {_reason(error)}"
            sys.stderr.write(f"Port {port} on {host} {why}; choose another with PORT=8001.\n")
            sys.exit(1)


def _reason(error: OSError) -> str:
    # A name that cannot be resolved has no errno of the system's.
    known = isinstance(error, socket.gaierror) or not error.errno
    return str(error.strerror) if known else os.strerror(error.errno or 0)
