"""CPU per check of a live checker, beside blackbox exporter's bare probe, and where it goes.

    python -m benchmarks.live [--rates 17 100 500] [--databases SQLite PostgreSQL]
                              [--schemes http https] [--windows N] [--seconds S]
                              [--beside CHECKOUT] [--profile S]

The checker is a process of its own (`manage.py check_services --forever`) with a database of its
own, and its services fall due by themselves. Its CPU time, of all threads, over a window is divided
by the checks that began in it. Between two windows the checker is frozen (SIGSTOP) and the exporter
is asked for bare probes of the same targets: by eight clients, which is what the others are
compared with, and at the rate of the checks. So both meet the machine as it is at that minute. What
is printed are medians of the windows.

With --beside another checkout of this project is measured by turns with this one. With --profile
py-spy looks at the stacks of the checker for so many seconds, after the windows: which station of
the road they are in, and which functions are innermost.
"""

import argparse
import asyncio
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import blackbox
import psycopg
import threads
import uvloop
from setting_up import DATABASES, ROOT, add_services, environment, set_up_django
from targets import running

FILL = "fill"
CLIENTS, PROBES, PACED_S = 8, 800, 6.0
# A frozen checker has missed beats: first it is through with those.
SETTLE_S = 4.0
STATIONS = {
    "recording": ("(monitors/actions/", "engine/recorder.py"),
    "claiming": ("engine/claims.py",),
    "presence, housekeeping": ("engine/presence.py", "engine/housekeeping.py"),
    "watching the loop": ("engine/watch.py", "engine/outbound_ping.py"),
    "judging": ("(monitors/domain/",),
    "probing": ("(monitors/probes/", "(monitors/net/", "(httpx/"),
    "starting checks": ("engine/checker.py", "engine/host_cap.py", "engine/gauges.py"),
    "handing over to threads": ("loops/database.py", "concurrent/futures/"),
    "turning the loop": ("asyncio/", "uvloop"),
}
FUNCTIONS_SHOWN = 25
LEAST = 0.005


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rates", type=int, nargs="+", default=[17, 100, 500])
    parser.add_argument("--databases", choices=DATABASES, nargs="+", default=list(DATABASES))
    parser.add_argument("--schemes", choices=("http", "https"), nargs="+", default=["http"])
    parser.add_argument("--windows", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--profile", type=int, default=0)
    options = parser.parse_args()
    trees = [ROOT, *([options.beside.resolve()] if options.beside else [])]
    with running() as targets:
        # All that is started here trusts the certificate of the target.
        os.environ["SSL_CERT_FILE"] = targets.authority
        for scheme in options.schemes:
            with exporting(getattr(targets, scheme)) as exporter:
                for database in options.databases:
                    print(f"{scheme}, {database}", flush=True)
                    for rate in options.rates:
                        print(f"  {rate} checks a second", flush=True)
                        urls = targets.on_all_hosts(scheme)
                        measure(exporter, urls, database, rate, trees, options)


@dataclass(frozen=True, slots=True)
class Exporter:
    """What bare probes of a target cost blackbox exporter, in ms CPU."""

    runner: asyncio.Runner
    probes: blackbox.Probes
    url: str

    def at_once(self) -> float:
        return self.runner.run(self.probes.at_once(self.url, PROBES, CLIENTS))

    def paced(self, per_s: int) -> float:
        return self.runner.run(self.probes.paced(self.url, int(per_s * PACED_S), per_s))


@contextmanager
def exporting(url: str) -> Iterator[Exporter]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        probes = blackbox.probes()
        try:
            yield Exporter(runner, runner.run(probes.__aenter__()), url)
        finally:
            runner.run(probes.__aexit__(None, None, None))


@dataclass(slots=True)
class Live:
    """A running checker of one checkout, and what was measured of it."""

    tree: Path
    process: "subprocess.Popen[bytes]"
    database_url: str
    windows: list[tuple[datetime, datetime]] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    """Of its threads."""
    spent_s: list[dict[str, float]] = field(default_factory=list)
    """CPU time in each window, by thread."""

    @contextmanager
    def awake(self) -> Iterator[None]:
        self.process.send_signal(signal.SIGCONT)
        time.sleep(SETTLE_S)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGSTOP)

    def measure(self, seconds: float) -> None:
        with self.awake():
            before, began = threads.cpu_s(self.process.pid), datetime.now(UTC)
            time.sleep(seconds)
            after, ended = threads.cpu_s(self.process.pid), datetime.now(UTC)
        self.windows.append((began, ended))
        spent: dict[str, float] = {}
        for number, until_s in after.items():
            name = self.names.get(number, "others")
            spent[name] = spent.get(name, 0.0) + until_s - before.get(number, 0.0)
        self.spent_s.append(spent)

    def end(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait()

    def per_check_ms(self) -> list[float]:
        """Give the CPU time a check of each window; to be asked once all is recorded."""
        return [
            sum(spent.values()) / _checks(self.database_url, *window) * 1_000
            for spent, window in zip(self.spent_s, self.windows, strict=True)
        ]

    def shares(self) -> str:
        """Tell the share of each thread, over all windows."""
        total = sum(sum(spent.values()) for spent in self.spent_s)
        names = sorted({name for spent in self.spent_s for name in spent})
        shares = {name: sum(s.get(name, 0.0) for s in self.spent_s) / total for name in names}
        return ", ".join(f"{name} {share:.0%}" for name, share in shares.items() if share >= LEAST)


def measure(
    exporter: Exporter,
    urls: list[str],
    database: str,
    rate: int,
    trees: list[Path],
    options: argparse.Namespace,
) -> None:
    at_once: list[float] = []
    paced: list[float] = []
    with ExitStack() as stack:
        lives = [stack.enter_context(checking(tree, urls, database, rate)) for tree in trees]
        for _ in range(options.windows):
            at_once.append(exporter.at_once())
            paced.append(exporter.paced(rate))
            for live in lives:
                live.measure(options.seconds)
        seen = []
        if options.profile:
            with lives[0].awake():
                seen = threads.samples(lives[0].process.pid, options.profile)
        for live in lives:
            live.end()
        report(at_once, paced, lives)
        if seen:
            report_profile(seen)


@contextmanager
def checking(tree: Path, urls: list[str], database: str, rate: int) -> Iterator[Live]:
    """Run a checker of a checkout until it is ended; it has met each of its services once."""
    # A thousand services a minute are what many installations have.
    interval_s = 10 if rate >= 50 else 60
    with DATABASES[database]() as url:
        numbers = [str(rate * interval_s), str(interval_s)]
        program = str(tree / "benchmarks" / Path(__file__).name)
        subprocess.run(
            [sys.executable, program, FILL, " ".join(urls), *numbers],
            env=environment(url),
            cwd=tree,
            check=True,
        )
        process = subprocess.Popen(
            [sys.executable, "manage.py", "check_services", "--forever"],
            env=environment(url),
            cwd=tree,
        )
        live = Live(tree, process, url)
        try:
            time.sleep(interval_s + SETTLE_S)
            live.names = threads.names(process.pid)
            process.send_signal(signal.SIGSTOP)
            yield live
        finally:
            if process.poll() is None:
                live.end()


def _checks(database_url: str, began: datetime, ended: datetime) -> int:
    asked = (
        "SELECT count(*) FROM monitors_servicestatus WHERE checked_at >= {0} AND checked_at < {0}"
    )
    if database_url.startswith("sqlite"):
        moments = [moment.replace(tzinfo=None).isoformat(" ") for moment in (began, ended)]
        with sqlite3.connect(database_url.removeprefix("sqlite://")) as file:
            return int(file.execute(asked.format("?"), moments).fetchone()[0])
    with psycopg.connect(database_url) as server:
        found = server.execute(asked.format("%s"), (began, ended)).fetchone()
        return int(found[0]) if found else 0


def report(at_once: list[float], paced: list[float], lives: list[Live]) -> None:
    print(f"    {'':<36}{'ms':>8}{'of it':>8}{'windows':>16}  threads")
    bare = statistics.median(at_once)
    rows = {"blackbox exporter, 8 clients": (at_once, ""), "the same at this rate": (paced, "")}
    for live in lives:
        name = "live checker" if live is lives[0] else f"that of {live.tree.name}"
        rows[name] = (live.per_check_ms(), live.shares())
    for name, (spent, shares) in rows.items():
        median = statistics.median(spent)
        span = f"{min(spent):.3f}-{max(spent):.3f}"
        print(f"    {name:<36}{median:>8.3f}{median / bare:>8.2f}{span:>16}  {shares}")
    sys.stdout.flush()


def report_profile(seen: list[threads.Sample]) -> None:
    total = sum(sample.times for sample in seen)
    by_thread = Counter[str]()
    for sample in seen:
        by_thread[sample.thread] += sample.times
    for thread, times in by_thread.most_common(2):
        of_thread = [sample for sample in seen if sample.thread == thread]
        print(f"    thread {thread}, {times / total:.0%} of {total:,} looks, by station")
        for station, count in threads.by_station(of_thread, STATIONS).most_common():
            print(f"      {count / total:>6.1%}  {station}")
    print("    the innermost function")
    for function, count in threads.by_function(seen).most_common(FUNCTIONS_SHOWN):
        print(f"      {count / total:>6.1%}  {function}")


def fill(url: str, services: int, interval_s: int) -> None:
    set_up_django()
    add_services(url, services, interval_s, on_beat=True)


if __name__ == "__main__":
    if sys.argv[1:2] == [FILL]:
        fill(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
