"""Runs every check of this project, as `make test` does, and says at the end what failed.

With `quick` only those that take seconds: style, types, layers, and the tests on SQLite. What
cannot run on this machine is named with the command that would install it; with CI=true that is a
failure.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from monitors.tests import nginx, postgres
from monitors.tests.clock import libfaketime

BIN = Path(sys.executable).parent
TESTS = "monitors/tests"
BROWSER, PROCESSES = f"{TESTS}/browser", f"{TESTS}/processes"
CONTRACT = f"{TESTS}/contract"
DATABASE_FREE = ("charts", "domain", "net", "probes")
SOURCES = ("monitors", "uptime_site", "benchmarks", "manage.py", "gunicorn.conf.py")


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    command: tuple[str, ...]
    missing: str = ""
    """What is not installed, with the command that installs it."""
    is_quick: bool = False
    beside: str = ""
    """Steps one after the other with the same word here run at the same time."""


def steps() -> list[Step]:
    python = sys.executable
    no_postgres = "" if postgres.binaries() else "PostgreSQL: apt-get install postgresql"
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    no_browser = "" if chromium else "Chromium: apt-get install chromium"
    pytest = (python, "-m", "pytest", "-q", "--durations=5")
    false_clock = f"{PROCESSES}/test_false_clock.py"
    two_clocks = f"{PROCESSES}/test_false_clock_on_postgres.py"
    no_false_clock = "" if libfaketime() else "libfaketime: apt-get install faketime"
    behind_nginx = f"{PROCESSES}/test_behind_nginx.py"
    no_nginx = "" if nginx.installed() else "nginx: apt-get install nginx"
    # Processes are timed, and have the machine to themselves.
    side_by_side = (*pytest, "--numprocesses=2", "--dist=loadfile")
    inside = [f"--ignore={folder}" for folder in (BROWSER, PROCESSES, CONTRACT)]
    # What knows no database need not be tested on two.
    database_free = [f"--ignore={TESTS}/{name}" for name in DATABASE_FREE]
    alone = (false_clock, two_clocks, behind_nginx)
    processes = (*pytest, PROCESSES, *(f"--ignore={file}" for file in alone))
    only_postgres = [
        f"--ignore={PROCESSES}/test_{name}_on_postgres.py" for name in ("survival", "telling")
    ]
    # The same on any database, or on SQLite alone.
    not_postgres = [
        f"--ignore={PROCESSES}/test_{name}.py"
        for name in ("survival_on_sqlite", "idle_connections", "headers")
    ]
    on_postgres = (python, "-m", "monitors.tests.postgres")
    return [
        Step("style", (str(BIN / "ruff"), "check", "."), is_quick=True),
        Step("format", (str(BIN / "ruff"), "format", "--check", "."), is_quick=True),
        Step(
            "templates",
            (str(BIN / "djade"), "--check", "--target-version=5.2", *_templates()),
            is_quick=True,
        ),
        Step("types", (str(BIN / "mypy"), *SOURCES), is_quick=True),
        Step("layers", (str(BIN / "lint-imports"),), is_quick=True),
        Step(
            "migrations",
            (python, "manage.py", "makemigrations", "--check", "--dry-run"),
            is_quick=True,
        ),
        Step("tests on SQLite", (*side_by_side, *inside), is_quick=True),
        Step(
            "tests on PostgreSQL",
            (*on_postgres, *side_by_side, *inside, *database_free),
            no_postgres,
        ),
        Step("API against its document on SQLite", (*pytest, CONTRACT), beside="contract"),
        Step(
            "API against its document on PostgreSQL",
            (*on_postgres, *pytest, CONTRACT),
            no_postgres,
            beside="contract",
        ),
        Step("processes on SQLite", (*processes, *only_postgres)),
        Step(
            "processes on PostgreSQL",
            (*on_postgres, *processes, *not_postgres),
            no_postgres,
        ),
        Step("false clock on SQLite", (*pytest, false_clock), no_false_clock),
        Step(
            "false clock on PostgreSQL",
            (*on_postgres, *pytest, false_clock, two_clocks),
            no_postgres or no_false_clock,
        ),
        Step("behind nginx", (*pytest, behind_nginx), no_nginx),
        Step("tests in a browser", (*side_by_side, BROWSER), no_browser),
    ]


def main() -> int:
    environment = {**os.environ, "PYTHONDEVMODE": "", "DATABASE_URL": ""}
    is_quick = "quick" in sys.argv[1:]
    wanted = [step for step in steps() if step.is_quick or not is_quick]
    outcomes = [
        (step.name, outcome)
        for _, together in groupby(wanted, lambda step: step.beside or step.name)
        for step, outcome in _run(list(together), environment)
    ]
    print("\nSummary")
    for name, outcome in outcomes:
        print(f"  {outcome:<12} {name}")
    failed = any(outcome.startswith("FAILED") for _, outcome in outcomes)
    missing = any(outcome.startswith("NOT RUN") for _, outcome in outcomes)
    return 1 if failed or (missing and os.environ.get("CI") == "true") else 0


def _run(together: list[Step], environment: dict[str, str]) -> Iterator[tuple[Step, str]]:
    """Run steps at the same time, and give what came of each."""
    with ThreadPoolExecutor(len(together)) as runners:
        running = [
            (step, runners.submit(_run_one, step, environment, is_alone=len(together) == 1))
            for step in together
        ]
        for step, outcome in running:
            yield step, outcome.result()


def _run_one(step: Step, environment: dict[str, str], *, is_alone: bool) -> str:
    if step.missing:
        print(f"\n== {step.name}\nCannot run here, install {step.missing}", flush=True)
        return "NOT RUN"
    if is_alone:
        print(f"\n== {step.name}", flush=True)
    began = time.monotonic()
    # What runs beside another says all at its end, lest the two be mixed.
    into = None if is_alone else subprocess.PIPE
    done = subprocess.run(
        step.command, check=False, env=environment, stdout=into, stderr=subprocess.STDOUT, text=True
    )
    if not is_alone:
        print(f"\n== {step.name}\n{done.stdout}", flush=True)
    took = f"{time.monotonic() - began:.0f} s"
    return f"passed {took}" if done.returncode == 0 else f"FAILED {took}"


def _templates() -> list[str]:
    return sorted(str(path) for path in Path("templates").rglob("*.html"))


if __name__ == "__main__":
    sys.exit(main())
