"""One thread for the database work of a checker: the event loop never waits for a row."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import (
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
)
from django.db.migrations.executor import MigrationExecutor

from .clock import DatabaseClock

T = TypeVar("T")

# What a database that went away raises, or that has become a standby.
AWAY = (OperationalError, InterfaceError, InternalError)
# Whatever a database raises: tables of another version may be meant by any of it. A checker waits.
DATABASE_ERRORS = (DatabaseError, InterfaceError)
SAY_EVERY_S = 60.0
LOCKED_OR_AWAY = "The database is locked or away. Try again in a few seconds."


class DatabaseThread:
    """Runs functions one after the other, on one connection that is renewed when it breaks."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self.clock = DatabaseClock()
        self.answered_s = time.monotonic()
        """When the database last answered, on the monotonic clock."""

    async def run(self, function: Callable[[], T]) -> T:
        """Run it and give its answer. Raises what it raises."""
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._executor, _renewing, function)
        self.answered_s = time.monotonic()
        return answer

    async def explained(self, error: Exception) -> str:
        """Say what is wrong, in one sentence."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, explained, error)

    async def close(self) -> None:
        await self.run(_disconnect)
        self._executor.shutdown(wait=False, cancel_futures=True)


class Seldom:
    """Says what lasts once a minute, not at every try."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._said_s: float | None = None

    def warning(self, message: str, *values: object) -> None:
        now_s = time.monotonic()
        if self._said_s is None or now_s - self._said_s >= SAY_EVERY_S:
            self._said_s = now_s
            self._logger.warning(message, *values)

    def is_over(self) -> None:
        """Say the next at once: it is another matter."""
        self._said_s = None


def why_unavailable(error: BaseException | None) -> str:
    """Say to whoever asked why the database did not answer; nothing where it was something else."""
    if isinstance(error, ProgrammingError) or _is_of_the_statement(error):
        # What is missing may be in a migration that has not been run.
        other = _other_version()
        return f"The database cannot be used: {other}." if other else ""
    return LOCKED_OR_AWAY if isinstance(error, AWAY) else ""


def _is_of_the_statement(error: BaseException | None) -> bool:
    """Tell whether SQLite found a fault in what it was asked: it has one error for that and all."""
    code = getattr(error.__cause__, "sqlite_errorcode", None) if error is not None else None
    return code == sqlite3.SQLITE_ERROR


def explained(error: Exception) -> str:
    """Say what is wrong in one sentence, in the thread of the database."""
    return _other_version() or " ".join(str(error).split()) or type(error).__name__


def _other_version() -> str:
    """Say where the tables are not those that this program knows."""
    try:
        executor = MigrationExecutor(connection)
        to_come = executor.migration_plan(executor.loader.graph.leaf_nodes())
        applied, known = executor.loader.applied_migrations, executor.loader.disk_migrations
    except DATABASE_ERRORS:
        return ""
    if to_come:
        return "its tables are older than this program; run: python manage.py migrate"
    if any(app == "monitors" and (app, name) not in known for app, name in applied):
        return "its tables are newer than this program; start the newer program"
    return ""


def _renewing(function: Callable[[], T]) -> T:
    try:
        return function()
    except Exception:
        # It may be broken, or in the middle of something.
        connection.close()
        raise


def _disconnect() -> None:
    # In the thread itself: a connection belongs to the thread that opened it.
    connection.close()
