"""Services by the thousand on running checkers: whether they are on time, and the cost.

    python benchmarks/fleet.py [--services N] [--interval SECONDS] [--minutes M] [--checkers K]
                               [--database SQLite|PostgreSQL]

The checkers are real processes (`manage.py check_services --forever`), the target another. The
first minute, in which everything is new, is left out. Lateness is read from the log: every check
against the beat of its service. Bytes written are those of the log that a database writes ahead
(PostgreSQL), and of all files as the kernel counts them for the checkers (SQLite).
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from setting_up import DATABASES, ROOT, add_services, environment, server_cpu_s, set_up_django
from targets import running

IN_ONE_PROCESS = "one"
WARM_UP_S = 60.0
ON_TIME_S = 1.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--interval", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--checkers", type=int, default=1)
    parser.add_argument("--database", choices=DATABASES)
    options = parser.parse_args()
    wanted = [options.database] if options.database else list(DATABASES)
    for name in wanted:
        with running() as targets, DATABASES[name]() as database_url:
            words = [sys.executable, __file__, IN_ONE_PROCESS, targets.http, name]
            numbers = (options.services, options.interval, options.minutes, options.checkers)
            subprocess.run([*words, *map(str, numbers)], env=environment(database_url), check=True)


@dataclass(frozen=True, slots=True)
class Spent:
    """What processes and their database have used so far."""

    cpu_s: float
    server_cpu_s: float
    """Of the database server, where there is one."""
    written_bytes: int
    memory_bytes: int


def measure(url: str, name: str, services: int, interval_s: int, minutes: float, k: int) -> None:
    set_up_django()
    add_services(url, services, interval_s, on_beat=True)
    checkers = [
        subprocess.Popen(
            [sys.executable, "manage.py", "check_services", "--forever", "--per-host=1000"],
            cwd=ROOT,
        )
        for _ in range(k)
    ]
    try:
        time.sleep(WARM_UP_S + 5)
        before, began = spent(checkers, name), datetime.now(UTC)
        time.sleep(minutes * 60)
        after, ended = spent(checkers, name), datetime.now(UTC)
    finally:
        for checker in checkers:
            checker.terminate()
        for checker in checkers:
            checker.wait()
    report(name, services, interval_s, before, after, began, ended)


def spent(checkers: list["subprocess.Popen[bytes]"], name: str) -> Spent:
    cpu_s = memory = written = 0.0
    for checker in checkers:
        folder = Path(f"/proc/{checker.pid}")
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        cpu_s += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        memory = max(memory, int(fields[21]) * PAGE_BYTES)
        counters = dict(line.split(": ") for line in (folder / "io").read_text().splitlines())
        written += int(counters["write_bytes"])
    if name == "PostgreSQL":
        server_s = server_cpu_s(os.environ["DATABASE_URL"])
        return Spent(cpu_s, server_s, wal_bytes(), int(memory))
    return Spent(cpu_s, 0.0, int(written), int(memory))


def wal_bytes() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        return int(cursor.fetchone()[0])


def report(
    name: str,
    services: int,
    interval_s: int,
    before: Spent,
    after: Spent,
    began: datetime,
    ended: datetime,
) -> None:
    from monitors.models import ServiceStatus

    took_s = (ended - began).total_seconds()
    rows = ServiceStatus.objects.filter(checked_at__gte=began, checked_at__lt=ended)
    late = [
        lateness_s(service_id, interval_s, checked_at)
        for service_id, checked_at in rows.values_list("service_id", "checked_at").iterator()
    ]
    good = rows.filter(status="UP").count()
    expected = services * took_s / interval_s
    cpu_s = after.cpu_s - before.cpu_s
    server_s = after.server_cpu_s - before.server_cpu_s
    lines = {
        "services, interval": f"{services:,} at {interval_s} s",
        "checks": f"{len(late):,} of {expected:,.0f} due, {good:,} UP",
        "checks a second": f"{len(late) / took_s:.0f}",
        f"begun within {ON_TIME_S:g} s": f"{sum(s < ON_TIME_S for s in late) / len(late):.4%}",
        "late, p50 / p99 / worst": " / ".join(
            f"{1_000 * value:.0f} ms"
            for value in (
                statistics.median(late),
                statistics.quantiles(late, n=100)[98],
                max(late),
            )
        ),
        "CPU of the checkers": f"{cpu_s / took_s:.1%} of a core",
        "CPU a check": f"{cpu_s / len(late) * 1_000:.2f} ms",
        "CPU of the server": f"{server_s / took_s:.1%} of a core",
        "memory of a checker": f"{after.memory_bytes / 2**20:.0f} MiB",
        "written a check": f"{(after.written_bytes - before.written_bytes) / len(late):,.0f} bytes",
    }
    print(f"{name}, {took_s / 60:.1f} minutes")
    for label, value in lines.items():
        print(f"  {label:<26}{value}")


def lateness_s(service_id: int, interval_s: int, checked_at: datetime) -> float:
    """Tell how long after its beat a check began."""
    return (checked_at - beat_of(service_id, interval_s, checked_at)).total_seconds()


def beat_of(service_id: int, interval_s: int, checked_at: datetime) -> datetime:
    """Give the beat that a check answers."""
    from monitors.domain.schedule import next_beat

    # A check begins on its beat, give or take what a timer is early.
    begun = checked_at + timedelta(milliseconds=50)
    return next_beat(service_id, interval_s, begun) - timedelta(seconds=interval_s)


if __name__ == "__main__":
    if sys.argv[1:2] == [IN_ONE_PROCESS]:
        address, kind, count, seconds, length, processes = sys.argv[2:]
        measure(address, kind, int(count), int(seconds), float(length), int(processes))
    else:
        main()
