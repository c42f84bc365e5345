"""What a check costs as the number of services grows: it should cost the same.

    python benchmarks/growth.py [--services 100 1000 10000 50000] [--checks N]

As in whole_road.py every service is due at once in each round, and rounds go on until about so
many checks are made, one round at least and twenty at most. Beside the CPU of the checker stands
that of the PostgreSQL server, background processes included.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import uvloop
from setting_up import DATABASES, add_services, environment, server_cpu_s, set_up_django
from targets import running
from whole_road import LONG, measure

IN_ONE_PROCESS = "one"
FEWEST_ROUNDS, MOST_ROUNDS = 1, 20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, nargs="+", default=[100, 1_000, 10_000, 50_000])
    parser.add_argument("--checks", type=int, default=20_000)
    options = parser.parse_args()
    print("CPU per check in ms")
    print(f"{'services':>10}{'on SQLite':>12}{'on PostgreSQL':>16}{'its server':>12}")
    with running() as targets:
        for services in options.services:
            rounds = min(max(FEWEST_ROUNDS, options.checks // services), MOST_ROUNDS)
            on_sqlite, _ = _run("SQLite", targets.http, services, rounds)
            on_postgres, server = _run("PostgreSQL", targets.http, services, rounds)
            print(f"{services:>10,}{on_sqlite:>12.3f}{on_postgres:>16.3f}{server:>12.3f}")


def _run(name: str, url: str, services: int, rounds: int) -> list[float]:
    with DATABASES[name]() as database_url:
        words = [sys.executable, __file__, IN_ONE_PROCESS, url, name, str(services), str(rounds)]
        done = subprocess.run(
            words, env=environment(database_url), check=True, stdout=subprocess.PIPE, text=True
        )
    return [float(word) for word in done.stdout.split()]


def _measure(url: str, name: str, services: int, rounds: int) -> None:
    set_up_django()
    add_services(url, services, int(LONG.total_seconds()))
    before_s = _server_cpu_s(name)
    print(uvloop.run(measure(services, rounds)))
    # The first round, in which all is new, counts here.
    checks = services * (rounds + 1)
    print((_server_cpu_s(name) - before_s) / checks * 1_000)


def _server_cpu_s(name: str) -> float:
    return server_cpu_s(os.environ["DATABASE_URL"]) if name == "PostgreSQL" else 0.0


if __name__ == "__main__":
    if sys.argv[1:2] == [IN_ONE_PROCESS]:
        _measure(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        main()
