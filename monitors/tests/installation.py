"""A whole installation for tests: a database of its own and real processes on it."""

import atexit
import contextlib
import functools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx
import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S = 20


@contextlib.contextmanager
def migrated_database() -> Iterator[str]:
    """Give the URL of a database of its own, of the kind that this run of the tests is for."""
    if connection.vendor == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield migrated_file(Path(folder))
        return
    name, model = f"installation_{secrets.token_hex(4)}", _migrated_model()
    with _postgres() as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {model}")
    try:
        yield _postgres_url(name)
    finally:
        with _postgres() as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrated_file(folder: Path) -> str:
    """Give the URL of a database of its own in an SQLite file."""
    path = folder / "db.sqlite3"
    shutil.copyfile(_migrated_file_model(), path)
    return f"sqlite:///{path}"


@functools.cache
def _migrated_file_model() -> Path:
    """Migrate once in a run: that takes longer than many a test."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    path = folder / "db.sqlite3"
    Installation(f"sqlite:///{path}").manage("migrate", "--verbosity=0")
    assert [file.name for file in folder.iterdir()] == [path.name], "not all is in the file"
    return path


@functools.cache
def _migrated_model() -> str:
    """Give the name of a migrated database; it goes with the server."""
    name = f"model_{secrets.token_hex(4)}"
    with _postgres() as server:
        server.execute(f"CREATE DATABASE {name}")
    Installation(_postgres_url(name)).manage("migrate", "--verbosity=0")
    return name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """Starts this project's programs on one database and stops what it started."""

    database_url: str
    port: int = field(default_factory=free_port)
    processes: list["subprocess.Popen[str]"] = field(default_factory=list)

    @classmethod
    @contextlib.contextmanager
    def on(cls, database_url: str) -> Iterator[Self]:
        """Use a migrated database, and stop at the end what was started."""
        made = cls(database_url)
        try:
            yield made
        finally:
            made.stop()

    @classmethod
    @contextlib.contextmanager
    def migrated(cls, database_url: str) -> Iterator[Self]:
        """Migrate a database that lies elsewhere, and use it."""
        with cls.on(database_url) as made:
            made.manage("migrate", "--verbosity=0")
            yield made

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "SECRET_KEY": "of this test and of nothing else in the world",
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def manage(
        self, *words: str, succeeds: bool = True, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not succeeds or done.returncode == 0, done.stderr
        return done

    def start(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env=self.environment | environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.processes.append(process)
        return process

    def serve(self) -> "subprocess.Popen[str]":
        """Start the dashboard and wait until it answers."""
        process = self.start("gunicorn", "uptime_site.wsgi")
        self.wait_until_it_answers(process)
        return process

    def check_forever(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        command = (sys.executable, "manage.py", "check_services", "--forever", *words)
        return self.start(*command, **environment)

    def wait_until_it_answers(
        self, process: "subprocess.Popen[str]", host: str = "127.0.0.1"
    ) -> None:
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"http://{host}:{self.port}/healthz")
                return
            time.sleep(0.05)
        process.kill()
        raise AssertionError(f"the dashboard does not answer: {process.communicate()[0]}")

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def _postgres() -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(_postgres_url("postgres"), autocommit=True)


def _postgres_url(name: str) -> str:
    settings = connection.settings_dict
    return (
        f"postgres://{settings['USER']}:{settings['PASSWORD']}"
        f"@{settings['HOST']}:{settings['PORT']}/{name}"
    )
