"""CPU per check of the whole road, from due to recorded, on SQLite and on PostgreSQL.

    python benchmarks/whole_road.py [services] [rounds]

In each round every service is due at once; the checker claims, probes, judges and records them,
as it does under `check_services --forever`, until nothing is due. Only this process's CPU counts:
the target and the database server run in others. The probe alone is measured in the same run.
"""

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import uvloop

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from targets import running  # noqa: E402

from monitors.tests import postgres  # noqa: E402 - after the path

IN_ONE_PROCESS = "one"


def main() -> None:
    services = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(f"CPU per check in ms, {services} services, median of {rounds} rounds")
    print(f"{'':<14}{'whole road':>12}{'probe alone':>13}{'the rest':>10}")
    with running() as targets:
        for name, database in (("SQLite", sqlite()), ("PostgreSQL", postgresql())):
            with database as url:
                words = [sys.executable, __file__, IN_ONE_PROCESS, targets.http]
                environment = {**os.environ, "DATABASE_URL": url, "SECRET_KEY": "benchmark"}
                done = subprocess.run(
                    [*words, str(services), str(rounds)],
                    env=environment,
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            road, probe = map(float, done.stdout.split())
            print(f"{name:<14}{road:>12.3f}{probe:>13.3f}{road - probe:>10.3f}")


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/db.sqlite3"


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    with postgres.restartable() as server:
        yield server.url


def measure(url: str, count: int, rounds: int) -> None:
    """Print the medians of the whole road and of the probe alone, in ms."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "uptime_site.settings"
    sys.argv[0] = "manage.py"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill(url, count)
    road, probe = [], []
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for _ in range(rounds):
            make_all_due()
            road.append(cpu_ms(runner, whole_road(count)) / count)
            probe.append(cpu_ms(runner, probe_alone(url, count)) / count)
    print(statistics.median(road), statistics.median(probe))


def fill(url: str, count: int) -> None:
    from django.utils import timezone

    from monitors.actions import services

    now = timezone.now()
    for number in range(count):
        address = f"{url}{number}"
        # A long interval: no service falls due by itself during the measurement.
        settings = {"name": str(number), "url": address, "url_key": address, "interval_s": 604_800}
        services.create(settings, [], now)


def make_all_due() -> None:
    from django.utils import timezone

    from monitors.models import Service

    Service.objects.update(next_check_at=timezone.now())


async def whole_road(count: int) -> None:
    from monitors.engine.checker import Checker
    from monitors.engine.database import DatabaseThread
    from monitors.engine.recorder import Recorder
    from monitors.engine.watch import LoopWatch

    database = DatabaseThread()
    recorder = Recorder(database)
    checker = Checker(database, recorder, LoopWatch(), concurrency=100)
    stop = asyncio.Event()
    writing = asyncio.create_task(recorder.run())
    checking = asyncio.create_task(checker.run(stop))
    until = time.monotonic() + 120
    wanted = await database.run(recorded) + count
    while await database.run(recorded) < wanted:
        assert time.monotonic() < until, "took too long"
        await asyncio.sleep(0.2)
    stop.set()
    await checking
    recorder.close()
    await writing
    await database.close()


def recorded() -> int:
    from monitors.models import ServiceStatus

    return ServiceStatus.objects.count()


async def probe_alone(url: str, count: int) -> None:
    from monitors.domain.spec import CheckSpec
    from monitors.domain.verdict import judge
    from monitors.probes import observe

    left = iter(range(count))

    async def worker() -> None:
        for number in left:
            spec = CheckSpec(f"{url}{number}")
            judge(spec, await observe(spec))

    await asyncio.gather(*(worker() for _ in range(100)))


def cpu_ms(runner: asyncio.Runner, work: object) -> float:
    began = time.process_time()
    runner.run(work)  # type: ignore[arg-type]
    return (time.process_time() - began) * 1_000


if __name__ == "__main__":
    if sys.argv[1:2] == [IN_ONE_PROCESS]:
        measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
