"""CPU per check of the whole road, from due to recorded, beside bare probes that store nothing.

    python benchmarks/whole_road.py [services] [rounds] [https]

In each round every service is due at once; the checker claims, probes, judges and records them,
as it does under `check_services --forever`, until all are written. Only the checker's CPU counts:
the target and the database server run in other processes. In the same run: the probe alone, httpx
with its stock pool, and the probe of Prometheus's blackbox exporter, asked over HTTP as it is
meant to be (Debian's prometheus-blackbox-exporter). With https each check shakes hands anew.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parent))

import blackbox
from setting_up import DATABASES, add_services, environment, set_up_django
from targets import running

IN_ONE_PROCESS = "one"
AT_A_TIME = 100
# The interval of the services: none falls due by itself during the measurement.
LONG = timedelta(days=7)


def main() -> None:
    services = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    over = "HTTPS" if sys.argv[3:] == ["https"] else "plain HTTP"
    print(f"CPU per check over {over}, {services} checks, median of {rounds} rounds")
    with running() as targets:
        # All that is started here trusts the certificate of the target.
        os.environ["SSL_CERT_FILE"] = targets.authority
        target = targets.https if over == "HTTPS" else targets.http
        bare_ms = uvloop.run(exporter_ms(target, services, rounds))
        stock_ms = cpu_ms(lambda: stock(target), services // 4, rounds)
        probe_ms = cpu_ms(lambda: probe(target), services, rounds)
        print(f"{'':<34}{'ms':>8}{'of blackbox exporter':>24}")
        rows = {
            "blackbox exporter, bare probe": bare_ms,
            "httpx, stock pool, bare probe": stock_ms,
            "this probe, bare": probe_ms,
        }
        for name, database in DATABASES.items():
            with database() as url:
                words = [sys.executable, __file__, IN_ONE_PROCESS, target]
                done = subprocess.run(
                    [*words, str(services), str(rounds)],
                    env=environment(url),
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            rows[f"whole road on {name}"] = float(done.stdout)
        for label, spent_ms in rows.items():
            print(f"{label:<34}{spent_ms:>8.3f}{spent_ms / bare_ms:>24.2f}")


async def exporter_ms(url: str, count: int, rounds: int) -> float:
    async with blackbox.probes() as probes:
        spent = [await probes.at_once(url, count, AT_A_TIME) for _ in range(rounds)]
    return statistics.median(spent)


def cpu_ms(check: Callable[[], Callable[[int], Awaitable[None]]], count: int, rounds: int) -> float:
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        uvloop.run(side_by_side(check(), count))
        spent.append((time.process_time() - began) / count * 1_000)
    return statistics.median(spent)


def stock(url: str) -> Callable[[int], Awaitable[None]]:
    context = httpx.create_ssl_context()

    async def ask(number: int) -> None:
        async with httpx.AsyncClient(verify=context, trust_env=False) as client:
            assert (await client.get(f"{url}{number}")).status_code == 200

    return ask


def probe(url: str) -> Callable[[int], Awaitable[None]]:
    from monitors.domain.result import Status
    from monitors.domain.spec import DEFAULT_LIMITS, CheckSpec
    from monitors.domain.verdict import judge
    from monitors.probes import observe

    async def ask(number: int) -> None:
        spec = CheckSpec(f"{url}{number}")
        assert judge(spec, await observe(spec, DEFAULT_LIMITS)).status is Status.UP

    return ask


async def side_by_side(ask: Callable[[int], Awaitable[None]], count: int) -> None:
    left = iter(range(count))

    async def worker() -> None:
        for number in left:
            await ask(number)

    await asyncio.gather(*(worker() for _ in range(AT_A_TIME)))


async def measure(count: int, rounds: int) -> float:
    """Give the median of the whole road, in ms; a first round, in which all is new, is left out."""
    from monitors.engine.memory import collect_seldom
    from monitors.engine.presence import Presence
    from monitors.engine.supervisor import Identity, assemble
    from monitors.loops.database import DatabaseThread

    collect_seldom()
    database = DatabaseThread()
    # All services are on one host here.
    parts = assemble(
        Identity("benchmark", "", 2 * AT_A_TIME, AT_A_TIME),
        Presence(1, "", "", datetime.now(UTC)),
        database,
    )
    # Nothing is due before the first round: what is taken before then would be moved under way.
    await database.run(make_nothing_due)
    stop = asyncio.Event()
    watching = asyncio.create_task(parts.watch.run())
    writing = asyncio.create_task(parts.recorder.run())
    checking = asyncio.create_task(parts.checker.run(stop))
    spent = []
    for _ in range(rounds + 1):
        before = parts.gauges.checks
        await database.run(make_all_due)
        began = time.process_time()
        # Not by their number: a beat of the week may fall among the rounds.
        while parts.gauges.checks < before + count or await database.run(is_any_left):
            await asyncio.sleep(0.1)
        spent.append((time.process_time() - began) / (parts.gauges.checks - before) * 1_000)
    stop.set()
    await checking
    parts.recorder.close()
    await writing
    watching.cancel()
    # Nothing that was checked is lost.
    assert await database.run(recorded) == parts.gauges.checks >= count * (rounds + 1)
    await database.close()
    return statistics.median(spent[1:])


def make_nothing_due() -> None:
    from django.utils import timezone

    from monitors.models import DueCheck

    DueCheck.objects.update(due_at=timezone.now() + LONG / 2)


def make_all_due() -> None:
    from django.utils import timezone

    from monitors.models import DueCheck

    DueCheck.objects.update(due_at=timezone.now())


def is_any_left() -> bool:
    """Whether a check is due, or taken ahead of its time: it must not be moved under way."""
    from django.db.models import Q
    from django.utils import timezone

    from monitors.models import DueCheck

    now = timezone.now()
    return DueCheck.objects.filter(Q(due_at__lte=now) | Q(lease_until__gt=now)).exists()


def recorded() -> int:
    from monitors.models import ServiceStatus

    return ServiceStatus.objects.count()


if __name__ == "__main__":
    if sys.argv[1:2] == [IN_ONE_PROCESS]:
        url, services, rounds = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
        set_up_django()
        add_services(url, services, int(LONG.total_seconds()))
        print(uvloop.run(measure(services, rounds)))
    else:
        main()
