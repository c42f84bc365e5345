"""Claims by many checkers at once on one PostgreSQL: what each costs the server as they grow.

    python benchmarks/claims.py [--services N] [--seconds S] [--checkers 1 2 4 …]

Each simulated checker is a process of its own that does what a checker does to the table of due
checks and nothing else: take up to 500, then write their next due times. The clock of the
simulation stands at a moment when everything is due, so nobody ever waits for work: the worst that
can be done to the claims. On a machine with few cores the rate is bound by them; the figure that
tells of contention is the CPU of the server for a claim, which must not grow with the checkers.
"""

import argparse
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from setting_up import DATABASES, add_services, environment, server_cpu_s, set_up_django

FILL, CLAIM = "fill", "claim"
BATCH = 500
STARTS_WITHIN_S = 2.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--checkers", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32])
    options = parser.parse_args()
    with DATABASES["PostgreSQL"]() as database_url:
        words = [sys.executable, __file__, FILL, str(options.services)]
        subprocess.run(words, env=environment(database_url), check=True)
        print(f"{options.services:,} services, {options.seconds:g} s each, batches of {BATCH}")
        print("checkers  claims a second  server CPU a claim  empty takes  taken twice")
        for count in options.checkers:
            _compete(database_url, count, options.seconds)


def _compete(database_url: str, count: int, seconds: float) -> None:
    begins = time.time() + STARTS_WITHIN_S + 0.6 * count
    checkers = [
        subprocess.Popen(
            [sys.executable, __file__, CLAIM, *map(str, (number, count, begins, seconds))],
            env=environment(database_url),
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(1, count + 1)
    ]
    time.sleep(max(0.0, begins - time.time()))
    before = server_cpu_s(database_url)
    time.sleep(seconds)
    cpu_s = server_cpu_s(database_url) - before
    lines = [checker.communicate()[0].split() for checker in checkers]
    claims, empty, twice = (sum(int(line[place]) for line in lines) for place in range(3))
    cost_us = cpu_s / claims * 1e6
    print(f"{count:>8}  {claims / seconds:>15,.0f}  {cost_us:>15.0f} µs  {empty:>11}  {twice:>11}")


def fill(services: int) -> None:
    set_up_django()
    add_services("http://service.example/", services, 60, on_beat=True)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def claim(number: int, count: int, begins: float, seconds: float) -> None:
    """Take and answer until the time is up; print how many, and how many takes found nothing."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "uptime_site.settings")
    sys.argv[0] = "manage.py"
    django.setup()
    from django.utils import timezone

    from monitors.actions.bulk import update_many
    from monitors.actions.results import DUE_CHECK_KEYS
    from monitors.engine.claims import Claimer, Peer
    from monitors.models import DueCheck

    claimer = Claimer(number)
    claimer.meet([Peer(other, "") for other in range(1, count + 1)])
    everything = timezone.now() + timedelta(days=365)
    # A first claim reads the services, as a checker does once; it is given back.
    claimer.release([held.due for held in claimer.take(BATCH, everything, timezone.now())])
    time.sleep(max(0.0, begins - time.time()))
    claims = empty = twice = 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        taken = claimer.take(BATCH, everything, timezone.now())
        held = [one.due for one in taken]
        mine = DueCheck.objects.filter(
            service__in=[due.service_id for due in held], holder=number
        ).count()
        twice += len(held) - mine
        next_times = [
            (due.at + timedelta(seconds=60), None, due.service_id, due.location) for due in held
        ]
        update_many(DueCheck, ("due_at", "lease_until"), next_times, DUE_CHECK_KEYS)
        claims += len(taken)
        empty += not taken
    print(claims, empty, twice)


if __name__ == "__main__":
    if sys.argv[1:2] == [FILL]:
        fill(int(sys.argv[2]))
    elif sys.argv[1:2] == [CLAIM]:
        claim(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))
    else:
        main()
