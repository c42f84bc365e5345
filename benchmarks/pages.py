"""What pages cost with ten thousand services and ten million stored checks behind them.

    python benchmarks/pages.py [--services N] [--checks N] [--rounds N] [--database NAME] [--list]

With --list only the list of services is looked at, and no summaries are made. The log covers 90
days and is written by the database itself, in order of time, as checkers would; so are the daily
summaries of 90 days, the hourly ones of eight, and thirty periods a service; each has one of twenty
tags. The times are those of whole requests through every middleware, in this process, without a
network; beside them stands the CPU of this process. A machine that is shared may be slower by half
from one moment to the next: before each page a fixed piece of Python is timed as well, and shows by
how much.
"""

import argparse
import math
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from setting_up import DATABASES, add_services, environment, set_up_django

IN_ONE_PROCESS = "one"
DAYS, DAYS_BY_HOUR = 90, 8
PERIODS = 30
URL = "http://service.example/"
# As the open list asks every ten seconds.
POLL = "/#"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--checks", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--database", choices=DATABASES)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    for name in [options.database] if options.database else list(DATABASES):
        with DATABASES[name]() as database_url:
            numbers = (options.services, options.checks, options.rounds, int(options.list))
            words = [sys.executable, __file__, IN_ONE_PROCESS, name, *map(str, numbers)]
            subprocess.run(words, env=environment(database_url), check=True)


def measure(name: str, services: int, checks: int, rounds: int, list_only: int) -> None:
    set_up_django()
    began = time.monotonic()
    add_services(URL, services, 60, on_beat=True)
    fill(checks // services, summaries=not list_only)
    print(f"{name}: {services:,} services, {checks:,} checks, {_size()} ", end="", flush=True)
    print(f"(filled in {time.monotonic() - began:.0f} s)")
    client = _client()
    generator = random.Random(1)  # noqa: S311 - which service to look at is no secret

    def any_service() -> int:
        return generator.randint(1, services)

    pages: dict[str, Callable[[], str]] = {
        "list, worst first": lambda: "/",
        "list, a poll of it": lambda: POLL,
        "list, one of its pages": lambda: f"/?page={generator.randint(2, services // 50)}",
        "list, down only": lambda: "/?state=down",
        "list, in groups": lambda: "/?view=groups",
        "list, two words": lambda: f"/?q=service+{any_service()}",
        "service": lambda: f"/services/{any_service()}/",
        "service, 7 days": lambda: f"/services/{any_service()}/?range=7d",
        "service, 90 days": lambda: f"/services/{any_service()}/?range=90d",
        "history": lambda: f"/services/{any_service()}/history/",
        "history, failures only": lambda: f"/services/{any_service()}/history/?status=down",
        "events": lambda: "/events/",
        "events, down, of a tag": lambda: "/events/?state=DOWN&tag=tag+7",
        "events, of some services": lambda: f"/events/?service=service+{any_service() % 100}",
        "API, uptime of 90 days": lambda: f"/api/v1/services/{any_service()}/uptime?range=90d",
        "checkers": lambda: "/checkers/",
        "/healthz": lambda: "/healthz",
        "/metrics": lambda: "/metrics",
    }
    standard_ms = []
    if list_only:
        pages = {label: path for label, path in pages.items() if label.startswith("list")}
    for label, path in pages.items():
        # What a page costs once its templates are loaded.
        get(client, path())
        times_ms, cpu_ms = [], []
        for _ in range(rounds):
            standard_ms.append(standard())
            began_s = time.process_time()
            times_ms.append(get(client, path()))
            cpu_ms.append((time.process_time() - began_s) * 1_000)
        print(_line(label, times_ms, cpu_ms))
    print(_line("(a fixed piece of Python)", standard_ms, standard_ms))


def standard() -> float:
    """Run what always takes the same, and give its time in ms: what varies is the machine."""
    began = time.perf_counter()
    words: dict[int, str] = {}
    for number in range(100_000):
        words[number % 1_000] = str(number)
    return (time.perf_counter() - began) * 1_000


def _line(label: str, times_ms: list[float], cpu_ms: list[float]) -> str:
    p95 = statistics.quantiles(times_ms, n=20)[18]
    return (
        f"  {label:<26} p50 {statistics.median(times_ms):>7.1f} ms  p95 {p95:>7.1f} ms"
        f"  fastest {min(times_ms):>7.1f} ms  CPU, p50 {statistics.median(cpu_ms):>7.1f} ms"
    )


def get(client: object, path: str) -> float:
    began = time.perf_counter()
    polls = {"HX-Request": "true"} if path == POLL else {}
    answer = client.get(path.removesuffix("#"), secure=True, headers=polls)  # type: ignore[attr-defined] # Django is loaded late
    took_ms = (time.perf_counter() - began) * 1_000
    if answer.status_code not in {200, 503}:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return took_ms


def _client() -> object:
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.utils import timezone

    from monitors.actions.api_keys import issue

    user = get_user_model().objects.create_superuser("ada", password="of this benchmark")  # noqa: S106
    key = issue("benchmark", timezone.now())
    client = Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {key}")
    client.force_login(user)
    return client


def fill(checks_each: int, *, summaries: bool = True) -> None:
    """Write a past of 90 days."""
    from django.db import connection
    from django.utils import timezone

    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    fill_log(checks_each, now)
    with connection.cursor() as cursor:
        _say_who_is_up(cursor, checks_each, now)
        if summaries:
            _fill_summaries(cursor, now)
        _fill_periods(cursor, now)
        _tag(cursor)
        _settle(cursor)


def _settle(cursor: object) -> None:
    """Do at once what a database does by and by: nothing of the filling is left to do."""
    if _is_postgres():
        _run(cursor, "VACUUM (ANALYZE)")
        _run(cursor, "CHECKPOINT")
    else:
        _run(cursor, "ANALYZE")
        _run(cursor, "PRAGMA wal_checkpoint(TRUNCATE)")


def fill_log(checks_each: int, now: datetime) -> None:
    """Write so many checks of each service, evenly over `DAYS` days before now."""
    from django.db import connection

    index = "check_by_service_and_time"
    columns = "service_id, checked_at, status, reason, message, response_time_ms, status_code"
    phases = "dns_ms, connect_ms, tls_ms, wait_ms, transfer_ms, loop_lag_ms, location"
    # One check in fifty is DOWN, and its response time wanders.
    bad = "(s.id + n) % 50 = 0"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA cache_size = -1000000")
            cursor.execute("PRAGMA synchronous = OFF")
        # An index is made quicker once the rows are there.
        cursor.execute(f"DROP INDEX {index}")
        cursor.execute(
            f"INSERT INTO monitors_servicestatus ({columns}, {phases})"  # noqa: S608 - names of ours
            f" SELECT s.id, {_moment('n', _step_s(checks_each), now)},"
            f" CASE WHEN {bad} THEN 'DOWN' ELSE 'UP' END,"
            f" CASE WHEN {bad} THEN 'http_status' ELSE 'ok' END,"
            f" CASE WHEN {bad} THEN '503 Service Unavailable (expected 200-299)'"
            "  ELSE '200 OK' END,"
            " 20 + (s.id * 7 + n * 13) % 100, 200, 0.3, 1.2, NULL, 15.5, 0.4, 0, ''"
            f" FROM {_numbers(checks_each)} CROSS JOIN monitors_service s ORDER BY n, s.id",
        )
        cursor.execute(
            f"CREATE INDEX {index} ON monitors_servicestatus (service_id, checked_at DESC)",
        )


def _step_s(checks_each: int) -> float:
    return DAYS * 86_400 / checks_each


def _say_who_is_up(cursor: object, checks_each: int, now: datetime) -> None:
    last = _moment(str(checks_each - 1), _step_s(checks_each), now)
    hour = f"'{now:%Y-%m-%d %H:%M:%S}+00'" if _is_postgres() else f"'{now:%Y-%m-%d %H:%M:%S}'"
    _run(cursor, f"INSERT INTO monitors_chore (name, done_until) VALUES ('summaries', {hour})")  # noqa: S608
    _run(
        cursor,
        "UPDATE monitors_service SET state = CASE WHEN id % 100 = 0 THEN 'DOWN' ELSE 'UP' END,"  # noqa: S608
        f" last_checked_at = {last}, last_status = 'UP', last_message = '200 OK',"
        f" last_response_time_ms = 20 + id % 100, recent = {_recent()},"
        f" fresh_until = {_moment('1', 86_400, now, 0)}, may_lapse = FALSE",
    )
    # Checks are on time: none is due yet.
    _run(cursor, f"UPDATE monitors_duecheck SET due_at = {_moment('1', 86_400, now, 0)}")  # noqa: S608


def _recent() -> str:
    """Give SQL for the last results of a service: one of a hundred pasts."""
    from monitors.domain import recent
    from monitors.domain.reasons import Reason
    from monitors.domain.result import CheckResult, Status

    def past(number: int) -> str:
        text = ""
        for place in range(recent.KEPT):
            status = Status.DOWN if (number + place) % 50 == 0 else Status.UP
            time_ms = 20.0 + (number * 7 + place * 13) % 100
            result = CheckResult(datetime.now(UTC), status, Reason.OK, "", time_ms)
            text = recent.append(text, result)
        return text

    pasts = " ".join(f"WHEN {number} THEN '{past(number)}'" for number in range(100))
    return f"CASE id % 100 {pasts} END"


def _fill_summaries(cursor: object, now: datetime) -> None:
    from monitors.domain.result import Status
    from monitors.domain.rollups import buckets_text, summarise

    for table, count, step in (
        ("hourlysummary", DAYS_BY_HOUR * 24, timedelta(hours=1)),
        ("dailysummary", DAYS, timedelta(days=1)),
    ):
        checks = int(step.total_seconds() // 60)
        times = [(Status.UP, 50 + 30 * math.sin(number)) for number in range(checks)]
        known = summarise(times)
        end = now if step < timedelta(days=1) else now.replace(hour=0)
        _run(
            cursor,
            f"INSERT INTO monitors_{table} (service_id, starts_at, up, degraded, down, timed,"  # noqa: S608
            f" sum_ms, min_ms, max_ms, buckets) SELECT s.id,"
            f" {_moment('n', step.total_seconds(), end, count)}, {checks}, 0, 0, {checks},"
            f" {known.sum_ms}, {known.min_ms}, {known.max_ms}, '{buckets_text(known.buckets)}'"
            f" FROM {_numbers(count)} CROSS JOIN monitors_service s ORDER BY n, s.id",
        )


def _fill_periods(cursor: object, now: datetime) -> None:
    """Write periods that last three days each; the last began within the last three."""
    step_s = DAYS * 86_400 // PERIODS
    _run(cursor, "DELETE FROM monitors_period")
    # In the order of their numbers services change one after the other, evenly.
    begun_s = f"{step_s} * n - s.id * 7919 % {step_s}"

    def began(begun_s: str) -> str:
        return _moment(begun_s, 1, now, DAYS * 86_400)

    # An even number of changes before the present state.
    before = "CASE s.state WHEN 'DOWN' THEN 'UP' ELSE 'DOWN' END"
    state = f"CASE WHEN n % 2 = {PERIODS % 2} THEN s.state ELSE {before} END"
    ended = f"CASE WHEN n = {PERIODS} THEN NULL ELSE {began(f'{begun_s} + {step_s}')} END"
    _run(
        cursor,
        "INSERT INTO monitors_period (service_id, state, started_at, ended_at)"  # noqa: S608
        f" SELECT s.id, {state}, {began(begun_s)}, {ended}"
        f" FROM {_numbers(PERIODS + 1)} CROSS JOIN monitors_service s WHERE n > 0",
    )
    last = "SELECT max(started_at) FROM monitors_period p WHERE p.service_id = monitors_service.id"
    _run(cursor, f"UPDATE monitors_service SET state_since = ({last})")  # noqa: S608


def _tag(cursor: object) -> None:
    tags = f"SELECT n + 1, 'tag ' || n FROM {_numbers(20)}"  # noqa: S608
    _run(cursor, f"INSERT INTO monitors_tag (id, name) {tags}")
    one_each = "SELECT id, id % 20 + 1 FROM monitors_service"
    _run(cursor, f"INSERT INTO monitors_service_tags (service_id, tag_id) {one_each}")


def _numbers(count: int) -> str:
    if _is_postgres():
        return f"generate_series(0, {count - 1}) AS numbers(n)"
    return (
        "(WITH RECURSIVE counting(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counting"  # noqa: S608
        f" WHERE n < {count - 1}) SELECT n FROM counting) AS numbers"
    )


def _moment(number: str, step_s: float, end: datetime, count: int | None = None) -> str:
    """Give SQL for the moment of a step, the last one ending at `end`."""
    steps = count if count is not None else DAYS * 86_400 / step_s
    start = end - timedelta(seconds=steps * step_s)
    if _is_postgres():
        return f"timestamptz '{start.isoformat()}' + ({number}) * interval '{step_s} seconds'"
    # As Django writes moments into SQLite.
    seconds = f"{start.timestamp()} + ({number}) * {step_s}"
    return f"strftime('%Y-%m-%d %H:%M:%f', {seconds}, 'unixepoch')"


def _is_postgres() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


def _run(cursor: object, sql: str) -> None:
    cursor.execute(sql)  # type: ignore[attr-defined] # Django is loaded late


def _size() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        if _is_postgres():
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return f"{cursor.fetchone()[0] / 2**30:.1f} GiB"


if __name__ == "__main__":
    if sys.argv[1:2] == [IN_ONE_PROCESS]:
        measure(sys.argv[2], *map(int, sys.argv[3:]))
    else:
        main()
