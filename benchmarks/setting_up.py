"""What the benchmarks have in common: databases of their own, services by the thousand."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from monitors.tests import postgres  # noqa: E402 - after the path

# Places in /proc/PID/stat, counted from behind the name (proc(5)).
_PARENT, _OWN_TIMES, _TIMES_OF_THE_DEAD = 1, (11, 12), (13, 14)
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    """Give the URL of a database file that goes with the block."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/db.sqlite3"


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Give the URL of a server of its own, with the settings of a server that keeps its data."""
    with postgres.restartable(postgres.AS_INSTALLED) as server:
        yield server.url


DATABASES = {"SQLite": sqlite, "PostgreSQL": postgresql}


def environment(database_url: str) -> dict[str, str]:
    key = "of this benchmark and of nothing else in the world"
    return {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": key}


def set_up_django() -> None:
    """Load the project in this process and make its tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "uptime_site.settings")
    # Settings tell a command by its name: it has one connection, and no pool.
    sys.argv[0] = "manage.py"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def add_services(url: str, count: int, interval_s: int, *, on_beat: bool = False) -> None:
    """Add services of one target, or of several by turns, due on their beat or all at once.

    Where there are several, their URLs stand side by side with a space between.
    """
    from django.utils import timezone

    from monitors.domain.schedule import next_beat
    from monitors.domain.searching import searchable
    from monitors.domain.state import State
    from monitors.models import DueCheck, Period, Service, ServiceSearch

    now = timezone.now()
    urls = url.split()
    services = Service.objects.bulk_create(
        [
            Service(
                name=f"Service {number}",
                url=f"{urls[number % len(urls)]}{number}",
                url_key=f"{urls[number % len(urls)]}{number}",
                interval_s=interval_s,
                created_at=now,
                state=State.UNKNOWN.value,
                state_since=now,
            )
            for number in range(count)
        ],
        batch_size=2_000,
    )
    ServiceSearch.objects.bulk_create(
        [ServiceSearch(service=s, text=searchable(s.name, s.url)) for s in services],
        batch_size=5_000,
    )
    Period.objects.bulk_create(
        [Period(service=s, state=State.UNKNOWN.value, started_at=now) for s in services],
        batch_size=5_000,
    )
    DueCheck.objects.bulk_create(
        [
            DueCheck(service=s, due_at=next_beat(s.pk, interval_s, now) if on_beat else now)
            for s in services
        ],
        batch_size=5_000,
    )


def server_cpu_s(database_url: str) -> float:
    """Give the CPU time of a PostgreSQL server and of all its children, dead ones included."""
    import psycopg

    with psycopg.connect(database_url) as server:
        (own,) = server.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        # As long as this connection stands, so does its process.
        parent = _stat(int(own), _PARENT)
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            if pid == parent:
                total += sum(_stat(pid, place) for place in (*_OWN_TIMES, *_TIMES_OF_THE_DEAD))
            elif _stat(pid, _PARENT) == parent:
                total += sum(_stat(pid, place) for place in _OWN_TIMES)
        except FileNotFoundError:
            continue
    return total / TICKS_PER_S


def _stat(pid: int, place: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[place])
