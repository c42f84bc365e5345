"""A database that another program keeps from being written, or that is not there."""

import contextlib
import sqlite3
from collections.abc import Iterator

import psycopg
from django.db import connection


@contextlib.contextmanager
def locked_database() -> Iterator[None]:
    """Hold the lock while the block lasts; who waits for it gives up after 0.1 s.

    Reading stays possible. The rows that a test has made must be committed.
    """
    hold = _hold_file if connection.vendor == "sqlite" else _hold_tables
    with connection.cursor() as cursor:
        give_up = "PRAGMA busy_timeout = 100" if connection.vendor == "sqlite" else _GIVE_UP
        cursor.execute(give_up)
    try:
        with hold():
            yield
    finally:
        connection.close()


_GIVE_UP = "SET lock_timeout = '100ms'"


@contextlib.contextmanager
def _hold_file() -> Iterator[None]:
    path = str(connection.settings_dict["NAME"])
    with contextlib.closing(sqlite3.connect(path, timeout=10, uri=True)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextlib.contextmanager
def _hold_tables() -> Iterator[None]:
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname=settings["NAME"],
    ) as other:
        other.execute("LOCK TABLE monitors_service, monitors_servicestatus IN EXCLUSIVE MODE")
        yield


@contextlib.contextmanager
def unreachable_database() -> Iterator[None]:
    """Let every connection fail while the block lasts: nothing is where the database was."""
    connection.close()
    setting, nowhere = ("NAME", "/nowhere/x") if connection.vendor == "sqlite" else ("PORT", "1")
    there = connection.settings_dict[setting]
    connection.settings_dict[setting] = nowhere
    try:
        yield
    finally:
        connection.settings_dict[setting] = there
        connection.close()
