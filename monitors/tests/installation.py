"""A whole installation for tests: a database of its own and real processes on it."""

import contextlib
import os
import secrets
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
def fresh_database() -> Iterator[str]:
    """Give the URL of an empty database, of the kind that this run of the tests is for."""
    if connection.vendor == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/db.sqlite3"
        return
    name = f"installation_{secrets.token_hex(4)}"
    with _postgres() as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield _postgres_url(name)
    finally:
        with _postgres() as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
    def migrated(cls, database_url: str) -> Iterator[Self]:
        made = cls(database_url)
        made.manage("migrate", "--verbosity=0")
        try:
            yield made
        finally:
            made.stop()

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
