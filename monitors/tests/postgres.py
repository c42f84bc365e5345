"""Runs a command beside a PostgreSQL server of its own: python -m monitors.tests.postgres COMMAND.

The server lives on a free port in a temporary folder, and DATABASE_URL leads to it. As root it
runs as the user `postgres`, since PostgreSQL refuses to run as root.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OWNER = "postgres"
# A server that is thrown away need not survive a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
AS_INSTALLED = ()


def binaries() -> Path | None:
    """Find initdb and postgres: Debian keeps them out of the PATH."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@dataclass(frozen=True, slots=True)
class Server:
    """A server that can be stopped and started again."""

    folder: Path
    data: Path
    port: int
    settings: tuple[str, ...] = FAST

    @property
    def url(self) -> str:
        return f"postgres://{OWNER}:x@127.0.0.1:{self.port}/{OWNER}"

    def start(self) -> None:
        settings = " ".join(f"-c {option}" for option in self.settings)
        options = f"-p {self.port} -k {self.data} -c listen_addresses=127.0.0.1 {settings}"
        self._control("-l", self.data / "log", "-o", options, "start")

    def stop(self) -> None:
        # Not "immediate": with commits that do not wait for the disk it would forget some.
        self._control("-m", "fast", "stop")

    def running(self) -> bool:
        return (self.data / "db" / "postmaster.pid").exists()

    def _control(self, *words: object) -> None:
        _as_owner(self.folder / "pg_ctl", "-D", self.data / "db", "-w", *words)


@contextlib.contextmanager
def restartable(settings: tuple[str, ...] = FAST) -> Iterator[Server]:
    """Run a server of its own while the block lasts."""
    folder = binaries()
    if folder is None:
        raise FileNotFoundError("PostgreSQL is not installed: apt-get install postgresql")
    data = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
    try:
        _hand_over(data)
        _as_owner(folder / "initdb", "-D", data / "db", "-A", "trust", "-U", OWNER, "-E", "UTF8")
        server = Server(folder, data, _free_port(), settings)
        server.start()
        try:
            yield server
        finally:
            if server.running():
                server.stop()
    finally:
        shutil.rmtree(data)


def _as_owner(*words: object) -> None:
    command = [str(word) for word in words]
    if os.geteuid() == 0:
        command = ["runuser", "-u", OWNER, "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, pwd.getpwnam(OWNER).pw_uid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    with restartable() as server:
        environment = {**os.environ, "DATABASE_URL": server.url}
        return subprocess.run(sys.argv[1:], check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
