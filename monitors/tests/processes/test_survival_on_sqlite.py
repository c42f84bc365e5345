"""What a checker must survive when its database is a file."""

import contextlib
import resource
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitors.tests.installation import Installation, migrated_file
from monitors.tests.local_server import LocalServer

from .watching import (
    add,
    assert_all_are_on_their_beat,
    assert_the_story_is_whole,
    checks,
    services,
    stop,
    wait_for,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_a_file(tmp_path: Path) -> Iterator[Installation]:
    """Give an installation on SQLite, whatever database the others run on."""
    with Installation.on(migrated_file(tmp_path)) as made:
        yield made


@contextlib.contextmanager
def _locked(installation: Installation) -> Iterator[None]:
    """Hold the write lock of the database, as another program might."""
    path = installation.database_url.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_another_writer_that_locks_the_file_for_10_s(
    in_a_file: Installation, target: LocalServer
) -> None:
    installation = in_a_file
    add(installation, *services(target.url, 20))
    checker = installation.check_forever()
    wait_for(lambda: checks(installation) >= 40, within_s=20)
    with _locked(installation):
        time.sleep(10)
    assert_all_are_on_their_beat(installation, within_s=15)
    _, output = stop(checker)
    assert checker.returncode == 0, output
    assert "Traceback" not in output
    assert checks(installation) == len(target.requests)
    assert_the_story_is_whole(installation)


def test_a_disk_that_is_full(in_a_file: Installation, target: LocalServer) -> None:
    installation = in_a_file
    add(installation, *services(target.url, 20))
    checker = installation.check_forever()
    wait_for(lambda: checks(installation) >= 40, within_s=20)
    unlimited = resource.prlimit(checker.pid, resource.RLIMIT_FSIZE)
    # The kernel lets no file grow any more: what a full disk does, for one process.
    resource.prlimit(checker.pid, resource.RLIMIT_FSIZE, (4_096, unlimited[1]))
    time.sleep(5)
    full = checks(installation)
    asked = len(target.requests)
    time.sleep(3)
    assert (checks(installation), len(target.requests)) == (full, asked)
    resource.prlimit(checker.pid, resource.RLIMIT_FSIZE, unlimited)
    assert_all_are_on_their_beat(installation, within_s=15)
    _, output = stop(checker)
    assert checker.returncode == 0, output
    assert "results wait for the database" in output
    # What was found while the disk was full has been kept, and is stored now.
    assert checks(installation) == len(target.requests)
    assert_the_story_is_whole(installation)


def test_a_locked_file_does_not_hold_up_the_stop(
    in_a_file: Installation, target: LocalServer
) -> None:
    add(in_a_file, *services(target.url, 5))
    checker = in_a_file.check_forever()
    wait_for(lambda: checks(in_a_file) >= 5, within_s=20)
    with _locked(in_a_file):
        time.sleep(1.5)
        took, output = stop(checker)
    assert (checker.returncode, took < 2.5) == (1, True), output
    assert "the database did not answer in time" in output
