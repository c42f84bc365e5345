"""What a checker must survive when the tables are not those of its version."""

import time

import pytest

from monitors.tests.installation import Installation
from monitors.tests.local_server import LocalServer

from .watching import (
    add,
    assert_all_are_on_their_beat,
    assert_the_story_is_whole,
    checks,
    query,
    services,
    stop,
    wait_for,
    write,
)

pytestmark = pytest.mark.django_db

OLDER = "its tables are older than this program; run: python manage.py migrate"


def test_a_new_checker_on_old_tables_waits_for_the_migration_and_loses_nothing(
    installation: Installation, target: LocalServer
) -> None:
    add(installation, *services(target.url, 5))
    checker = installation.check_forever()
    wait_for(lambda: checks(installation) >= 10, within_s=20)
    # What an older version of the tables looks like to the checker that runs.
    write(
        installation,
        "ALTER TABLE monitors_servicestatus RENAME COLUMN location TO earlier",
        "UPDATE django_migrations SET app = 'earlier' WHERE id ="
        " (SELECT max(id) FROM django_migrations WHERE app = 'monitors')",
    )
    told = "SELECT trouble FROM monitors_checker"
    wait_for(lambda: query(installation, told) == [(OLDER,)], within_s=15)
    asked = len(target.requests)
    time.sleep(3)
    assert len(target.requests) == asked
    write(
        installation,
        "ALTER TABLE monitors_servicestatus RENAME COLUMN earlier TO location",
        "UPDATE django_migrations SET app = 'monitors' WHERE app = 'earlier'",
    )
    assert_all_are_on_their_beat(installation, within_s=15)
    wait_for(lambda: query(installation, told) == [("",)], within_s=10)
    _, output = stop(checker)
    assert (checker.returncode, "Traceback" in output) == (0, False), output
    assert output.count(f"results wait for the database: {OLDER}") == 1
    assert checks(installation) == len(target.requests)
    assert_the_story_is_whole(installation)


def test_a_checker_on_a_database_without_tables_waits_for_them(
    installation: Installation, target: LocalServer
) -> None:
    installation.manage("migrate", "--verbosity=0", "monitors", "zero")
    checker = installation.check_forever()
    time.sleep(2)
    installation.manage("migrate", "--verbosity=0")
    add(installation, *services(target.url, 2))
    wait_for(lambda: checks(installation) >= 2, within_s=15)
    _, output = stop(checker)
    assert (checker.returncode, "Traceback" in output) == (0, False), output
    assert f"The checker waits for its database: {OLDER}" in output
