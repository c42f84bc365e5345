"""A real nginx of its own, before a dashboard, as people set one up."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from .installation import free_port

TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def installed() -> str | None:
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@contextlib.contextmanager
def before(folder: Path, location: str, proxy_pass: str) -> Iterator[str]:
    """Run nginx while the block lasts and give its address; what it complains of fails."""
    program = installed()
    assert program is not None, "install nginx: apt-get install nginx"
    port = free_port()
    (folder / "nginx.conf").write_text(_configuration(folder, port, location, proxy_pass))
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    command += ["-e", str(folder / "error.log"), "-g", "daemon off;"]
    process = subprocess.Popen(command)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)
    complaints = (folder / "error.log").read_text()
    assert "[error]" not in complaints, complaints


def _configuration(folder: Path, port: int, location: str, proxy_pass: str) -> str:
    assert urlsplit(proxy_pass).scheme == "http"
    user = "user root;" if os.geteuid() == 0 else ""
    paths = "\n".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    return f"""
{user}
pid {folder}/nginx.pid;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    {paths}
    server {{
        listen 127.0.0.1:{port};
        location {location} {{
            proxy_pass {proxy_pass};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
        location / {{ return 418; }}
    }}
}}
"""
