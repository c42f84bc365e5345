"""What it costs to forget: the ways to expire a log on PostgreSQL, each on the same past.

    python benchmarks/retention.py [--services N] [--checks N] [--ways NAME …]

Each way gets a server of its own with a log of 90 days that was written in order of time, as
checkers write it, and deletes the oldest tenth of it: by service in batches (what housekeeping
does), by time in batches with a BRIN index that finds the rows, or by dropping partitions of a day.
Beside it stands what the table costs as long as it is there: one minute more of the whole fleet,
and the newest fifty checks of a service, as the history page reads them.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pages import DAYS, URL, fill_log
from setting_up import DATABASES, add_services, environment, server_cpu_s, set_up_django

IN_ONE_PROCESS = "one"
SHARE = 0.1
BATCH = 10_000
LOG = "monitors_servicestatus"
COLUMNS = (
    "service_id, checked_at, status, reason, message, response_time_ms, status_code, dns_ms,"
    " connect_ms, tls_ms, wait_ms, transfer_ms, loop_lag_ms, location"
)


@dataclass(frozen=True, slots=True)
class Way:
    """How a table is made, and how its oldest rows go."""

    prepare: Callable[[datetime], None]
    expire: Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class Cost:
    took_s: float
    cpu_s: float
    wal_bytes: int


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--checks", type=int, default=3_000_000)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    options = parser.parse_args()
    print(f"{options.checks:,} checks of {options.services:,} services; a tenth expires")
    print(f"{'':<12}{'expiry:':>10}{'server CPU':>13}{'WAL':>9}{'a minute:':>12}{'WAL':>9}", end="")
    print(f"{'newest 50, p50':>17}{'table':>11}")
    for way in options.ways:
        with DATABASES["PostgreSQL"]() as database_url:
            numbers = map(str, (options.services, options.checks))
            words = [sys.executable, __file__, IN_ONE_PROCESS, way, *numbers]
            subprocess.run(words, env=environment(database_url), check=True)


def measure(name: str, services: int, checks: int) -> None:
    set_up_django()
    from django.utils import timezone

    way = WAYS[name]
    add_services(URL, services, 60)
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    way.prepare(now)
    fill_log(checks // services, now)
    _sql(f"VACUUM ANALYZE {LOG}")
    size = _number(
        "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(%s)", LOG
    ) or _number("SELECT pg_total_relation_size(%s)", LOG)
    before = now - timedelta(days=DAYS) * (1 - SHARE)
    old = _number(f"SELECT count(*) FROM {LOG} WHERE checked_at < %s", before)  # noqa: S608
    _sql("CHECKPOINT")
    minute = _cost(lambda: _one_minute(now))
    reads_ms = [_newest_ms(1 + 7_919 * number % services) for number in range(200)]
    _sql("CHECKPOINT")
    expiry = _cost(lambda: _expire(way, before))
    print(
        f"{name:<12}{expiry.took_s:>8.1f} s{1e6 * expiry.cpu_s / old:>7.1f} µs/row"
        f"{expiry.wal_bytes / old:>7.0f} B{minute.took_s:>10.2f} s"
        f"{minute.wal_bytes / services:>7.0f} B"
        f"{statistics.median(reads_ms):>14.2f} ms{size / 2**20:>7.0f} MiB",
        flush=True,
    )


def _cost(work: Callable[[], object]) -> Cost:
    url = os.environ["DATABASE_URL"]
    cpu_s, wal, began = server_cpu_s(url), _wal(), time.perf_counter()
    work()
    took_s = time.perf_counter() - began
    return Cost(took_s, server_cpu_s(url) - cpu_s, _wal() - wal)


def _expire(way: Way, before: datetime) -> None:
    way.expire(before)
    # What was deleted is not gone before that.
    _sql(f"VACUUM {LOG}")


def _one_minute(now: datetime) -> None:
    _sql(
        f"INSERT INTO {LOG} ({COLUMNS}) SELECT id, %s, 'UP', 'ok', '200 OK', 20, 200, 0.3, 1.2,"  # noqa: S608
        # In the order in which they fall due.
        " NULL, 15, 0.4, 0, '' FROM monitors_service ORDER BY id / 16 * 7919 %% 625, id",
        now - timedelta(minutes=1),
    )


def _newest_ms(service_id: int) -> float:
    from monitors.models import ServiceStatus

    began = time.perf_counter()
    newest = ServiceStatus.objects.filter(service=service_id).order_by("-checked_at", "-id")
    assert len(newest[:50]) == 50
    return (time.perf_counter() - began) * 1_000


def _leave_as_it_is(now: datetime) -> None:
    """Take the table that migrations make."""
    del now


def _by_service(before: datetime) -> None:
    from monitors.actions import retention

    for group in retention.groups(default_days=DAYS):
        while retention.expire_checks(group.service_ids, before) >= retention.BATCH:
            pass


def _with_brin(now: datetime) -> None:
    del now
    _sql(f"CREATE INDEX log_by_time ON {LOG} USING brin (checked_at)")


def _by_time(before: datetime) -> None:
    batch = f"SELECT ctid FROM {LOG} WHERE checked_at < %s LIMIT {BATCH}"  # noqa: S608
    while _sql(f"DELETE FROM {LOG} WHERE ctid = ANY (ARRAY({batch}))", before):  # noqa: S608
        pass


def _by_day(now: datetime) -> None:
    """Put a table in partitions in the place of the log; nothing can refer to its rows by id."""
    _sql(f"ALTER TABLE {LOG} RENAME TO old_log")
    _sql(
        f"CREATE TABLE {LOG} (LIKE old_log INCLUDING DEFAULTS INCLUDING IDENTITY)"
        " PARTITION BY RANGE (checked_at)"
    )
    _sql("ALTER INDEX check_by_service_and_time RENAME TO old_index")
    _sql(f"CREATE INDEX check_by_service_and_time ON {LOG} (service_id, checked_at DESC)")
    for number in range(DAYS + 1):
        start = now - timedelta(days=DAYS - number)
        bounds = f"FROM ('{start.isoformat()}') TO ('{(start + timedelta(days=1)).isoformat()}')"
        _sql(f"CREATE TABLE log_{number} PARTITION OF {LOG} FOR VALUES {bounds}")


def _drop_days(before: datetime) -> None:
    del before
    for number in range(int(DAYS * SHARE)):
        _sql(f"DROP TABLE log_{number}")


def _sql(statement: str, *values: Any) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)


def _number(statement: str, *values: Any) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0] or 0)


def _wal() -> int:
    return _number("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")


WAYS = {
    "by service": Way(_leave_as_it_is, _by_service),
    "by time": Way(_with_brin, _by_time),
    "partitions": Way(_by_day, _drop_days),
}


if __name__ == "__main__":
    if sys.argv[1:2] == [IN_ONE_PROCESS]:
        measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
