"""What tests of running checkers do again and again."""

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable

import psycopg

from monitors.tests.installation import Installation


def add(installation: Installation, *settings: dict[str, object]) -> None:
    """Add services in a process of their own, as the API would."""
    program = (
        "import django, json, sys; django.setup()\n"
        "from django.utils import timezone\n"
        "from monitors.actions import services\n"
        "from monitors.domain.targets import parse_target\n"
        "for given in json.loads(sys.argv[1]):\n"
        "    key = parse_target(given['url']).key\n"
        "    services.create(given | {'url_key': key}, [], timezone.now())\n"
    )
    environment = installation.environment | {"DJANGO_SETTINGS_MODULE": "uptime_site.settings"}
    words = [sys.executable, "-c", program, json.dumps(settings)]
    subprocess.run(words, env=environment, check=True)


def edit(installation: Installation, name: str, url: str) -> None:
    """Give a service another address, as the form would."""
    program = (
        "import django, sys; django.setup()\n"
        "from django.utils import timezone\n"
        "from monitors.actions import services\n"
        "from monitors.domain.targets import parse_target\n"
        "from monitors.models import Service\n"
        "service, target = Service.objects.get(name=sys.argv[1]), parse_target(sys.argv[2])\n"
        "settings = {'url': target.url, 'url_key': target.key}\n"
        "services.edit(service.pk, settings, [], timezone.now())\n"
    )
    environment = installation.environment | {"DJANGO_SETTINGS_MODULE": "uptime_site.settings"}
    subprocess.run([sys.executable, "-c", program, name, url], env=environment, check=True)


def query(installation: Installation, sql: str) -> list[tuple[object, ...]]:
    if installation.database_url.startswith("sqlite"):
        path = installation.database_url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, timeout=10)) as database:
            return database.execute(sql).fetchall()
    with psycopg.connect(installation.database_url) as database:
        return list(database.execute(sql).fetchall())


def write(installation: Installation, *statements: str) -> None:
    """Change what is stored behind the program's back."""
    if installation.database_url.startswith("sqlite"):
        path = installation.database_url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, timeout=10)) as file, file:
            for statement in statements:
                file.execute(statement)
        return
    with psycopg.connect(installation.database_url) as database:
        for statement in statements:
            database.execute(statement)


def services(url: str, count: int, **settings: object) -> list[dict[str, object]]:
    return [
        {"name": f"s{number}", "url": f"{url}{number}", "interval_s": 1} | settings
        for number in range(count)
    ]


def states(installation: Installation) -> set[object]:
    return {state for (state,) in query(installation, "SELECT state FROM monitors_service")}


def checks(installation: Installation) -> int:
    (row,) = query(installation, "SELECT count(*) FROM monitors_servicestatus")
    return int(str(row[0]))


def wait_for(condition: Callable[[], bool], within_s: float) -> None:
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.05)


def stop(process: "subprocess.Popen[str]", number: int = signal.SIGTERM) -> tuple[float, str]:
    """Send a signal; give how long the process took to end, and what it had said."""
    began = time.monotonic()
    process.send_signal(number)
    output, _ = process.communicate(timeout=10)
    return time.monotonic() - began, output


def assert_the_story_is_whole(installation: Installation) -> None:
    """Nothing is half told, told twice, or contradicts itself, whatever has happened."""
    twice = "SELECT service_id, checked_at FROM monitors_servicestatus"
    assert query(installation, f"{twice} GROUP BY 1, 2 HAVING count(*) > 1") == []
    newest = "(SELECT max(checked_at) FROM monitors_servicestatus WHERE service_id = s.id)"
    behind = "SELECT s.name FROM monitors_service s WHERE s.last_checked_at <> "
    assert query(installation, behind + newest) == []
    gaps = (
        "SELECT a.service_id, a.ended_at FROM monitors_period a WHERE a.ended_at IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM monitors_period b"
        " WHERE b.service_id = a.service_id AND b.started_at = a.ended_at)"
    )
    assert query(installation, gaps) == []
    still_open = (
        "SELECT s.id FROM monitors_service s LEFT JOIN monitors_period p"
        " ON p.service_id = s.id AND p.ended_at IS NULL AND p.state = s.state"
        " GROUP BY s.id HAVING count(p.id) <> 1"
    )
    assert query(installation, still_open) == []


def assert_all_are_on_their_beat(installation: Installation, within_s: float) -> None:
    """Every service is checked again from now on."""
    counts = "SELECT service_id, count(*) FROM monitors_servicestatus GROUP BY 1 ORDER BY 1"
    services = query(installation, "SELECT count(*) FROM monitors_service")[0][0]

    def by_service() -> Counter[str]:
        return Counter({str(pk): int(str(number)) for pk, number in query(installation, counts)})

    before = by_service()

    def all_again() -> bool:
        now = by_service()
        return len(now) == services and all(now[pk] > before[pk] for pk in now)

    wait_for(all_again, within_s)
