"""A hundred thousand services every minute on two checkers and one PostgreSQL, one killed midway.

    python -m benchmarks.hundred_thousand [--services N] [--interval SECONDS] [--minutes M]
                                          [--checkers K] [--calm]

The checkers are real processes, the target a cheap one of its own, all on this machine. When half
of the time is over the first checker is killed (SIGKILL), and started again five seconds later, as
systemd would; with --calm nobody is killed. Then the log is read: each beat of each service must be
in it once, at its time. Beats in the fifteen seconds around the kill are told apart: so long a dead
checker may keep what it had taken. They may be late, but not lost.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import cheap_target
import psycopg
import threads
from fleet import ON_TIME_S, beat_of
from setting_up import DATABASES, ROOT, add_services, environment, server_cpu_s, set_up_django

IN_ONE_PROCESS = "one"
SETTLE_S = 10.0
SLICE_S = 5
STARTS_AGAIN_AFTER_S = 5.0
# What it had taken, or checked and not written yet, was due shortly before.
AHEAD, EXCUSED = timedelta(seconds=5), timedelta(seconds=15)
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, default=100_000)
    parser.add_argument("--interval", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--checkers", type=int, default=2)
    parser.add_argument("--calm", action="store_true")
    options = parser.parse_args()
    numbers = (options.services, options.interval, options.minutes, options.checkers)
    with cheap_target.running() as target, DATABASES["PostgreSQL"]() as database_url:
        words = [sys.executable, __file__, IN_ONE_PROCESS, target.urls, str(target.process_id)]
        subprocess.run(
            [*words, *map(str, numbers), "calm" if options.calm else "kill"],
            env=environment(database_url),
            check=True,
        )


@dataclass(slots=True)
class Fleet:
    """Checkers, and the CPU time of those that are dead."""

    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    dead_s: float = 0.0

    def start(self, name: str) -> None:
        self.running[name] = subprocess.Popen(
            [sys.executable, "manage.py", "check_services", "--forever", f"--name={name}"],
            cwd=ROOT,
        )

    def kill(self, name: str) -> None:
        self.dead_s += cpu_s(self.running[name].pid)
        self.running[name].kill()
        self.running[name].wait()

    def cpu_s(self) -> float:
        return self.dead_s + sum(cpu_s(process.pid) for process in self.running.values())

    def memory_mib(self) -> float:
        resident = [
            int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
            for process in self.running.values()
        ]
        return max(resident) * PAGE_BYTES / 2**20

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait()


def cpu_s(process_id: int) -> float:
    return sum(threads.cpu_s(process_id).values())


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU time used so far."""

    checkers_s: float
    target_s: float
    server_s: float

    def since(self, before: "Spent") -> "Spent":
        return Spent(
            self.checkers_s - before.checkers_s,
            self.target_s - before.target_s,
            self.server_s - before.server_s,
        )


@dataclass(frozen=True, slots=True)
class Course:
    """What was done when."""

    services: int
    interval_s: int
    began: datetime
    ended: datetime
    killed_at: datetime | None

    @property
    def seconds(self) -> float:
        return (self.ended - self.began).total_seconds()

    def number(self, beat: datetime) -> int:
        return int(beat.timestamp() // self.interval_s)

    def is_excused(self, moment: datetime) -> bool:
        return self.killed_at is not None and (
            self.killed_at - AHEAD <= moment < self.killed_at + EXCUSED
        )


def measure(
    urls: str, target: int, services: int, interval_s: int, minutes: float, k: int, *, kill: bool
) -> None:
    set_up_django()
    add_services(urls, services, interval_s, on_beat=True)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("ANALYZE")
    fleet = Fleet()
    try:
        for number in range(k):
            fleet.start(f"checker-{number}")
        # In the first minute all is new.
        time.sleep(interval_s + SETTLE_S)
        before, began = spent(fleet, target), datetime.now(UTC)
        killed_at = let_run(fleet, minutes * 60, kill=kill)
        after, ended = spent(fleet, target), datetime.now(UTC)
        memory_mib = fleet.memory_mib()
        # What has begun is written a little later; the last beats have had their time by then.
        time.sleep(SETTLE_S)
    finally:
        fleet.stop()
    course = Course(services, interval_s, began, ended, killed_at)
    report(course, after.since(before), memory_mib, read(course))


def let_run(fleet: Fleet, seconds: float, *, kill: bool) -> datetime | None:
    """Give the time of the kill."""
    if not kill:
        time.sleep(seconds)
        return None
    time.sleep(seconds / 2)
    fleet.kill("checker-0")
    killed_at = datetime.now(UTC)
    time.sleep(STARTS_AGAIN_AFTER_S)
    fleet.start("checker-0")
    time.sleep(seconds / 2 - STARTS_AGAIN_AFTER_S)
    return killed_at


def spent(fleet: Fleet, target: int) -> Spent:
    return Spent(fleet.cpu_s(), cpu_s(target), server_cpu_s(os.environ["DATABASE_URL"]))


@dataclass(slots=True)
class Read:
    """What the log says of the beats of the time that was measured."""

    answers: Counter[tuple[int, int]] = field(default_factory=Counter)
    """By service and number of the beat since the epoch."""
    late_s: list[float] = field(default_factory=list)
    excused_s: list[float] = field(default_factory=list)
    """How late those were that may be."""
    late_slices: Counter[int] = field(default_factory=Counter)
    """By slice of the course, how many were late that may not be."""
    not_up: int = 0
    due: int = 0
    lost: int = 0


def read(course: Course) -> Read:
    from django.db import connection

    found = Read()
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT service_id, checked_at, status FROM monitors_servicestatus"
            " WHERE checked_at >= %s",
            [course.began - timedelta(seconds=ON_TIME_S)],
        )
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                note(course, found, *row)
    count_lost(course, found)
    return found


def note(course: Course, found: Read, service_id: int, checked_at: datetime, status: str) -> None:
    beat = beat_of(service_id, course.interval_s, checked_at)
    if not course.began <= beat < course.ended:
        return
    found.answers[service_id, course.number(beat)] += 1
    found.not_up += status != "UP"
    late_s = (checked_at - beat).total_seconds()
    is_excused = course.is_excused(beat)
    (found.excused_s if is_excused else found.late_s).append(late_s)
    if late_s >= ON_TIME_S and not is_excused:
        found.late_slices[int((beat - course.began).total_seconds() // SLICE_S)] += 1


def count_lost(course: Course, found: Read) -> None:
    from monitors.domain.schedule import next_beat
    from monitors.models import Service

    interval = timedelta(seconds=course.interval_s)
    for service_id in Service.objects.order_by("pk").values_list("pk", flat=True).iterator():
        beat = next_beat(service_id, course.interval_s, course.began)
        while beat < course.ended:
            found.due += 1
            found.lost += (service_id, course.number(beat)) not in found.answers
            beat += interval


def report(course: Course, spent: Spent, memory_mib: float, found: Read) -> None:
    checks = found.answers.total()
    all_s = found.late_s + found.excused_s
    lines = {
        "services, interval": f"{course.services:,} at {course.interval_s} s",
        "checks a second": f"{checks / course.seconds:,.0f}",
        "beats due": f"{found.due:,}",
        "of these in the log": f"{len(found.answers):,}, {found.lost:,} lost",
        "twice in the log": f"{checks - len(found.answers):,}",
        "not UP": f"{found.not_up:,}",
        f"begun within {ON_TIME_S:g} s": f"{on_time(found.late_s)}, of all {on_time(all_s)}",
        "late, p50 / p99 / worst": spread(found.late_s),
        "most of the late": slices(course, found.late_slices),
        "the same around the kill": spread(found.excused_s) if found.excused_s else "nobody killed",
        "CPU of the checkers": f"{spent.checkers_s / course.seconds:.1%} of a core",
        "CPU of the server": f"{spent.server_s / course.seconds:.1%} of a core",
        "CPU of the target": f"{spent.target_s / course.seconds:.1%} of a core",
        "CPU a check": f"{spent.checkers_s / checks * 1_000:.3f} ms",
        "memory of a checker": f"{memory_mib:,.0f} MiB",
    }
    print(f"PostgreSQL, {course.seconds / 60:.1f} minutes")
    for label, value in lines.items():
        print(f"  {label:<26}{value}")


def slices(course: Course, late: Counter[int]) -> str:
    """Tell when most of them were late: all at once, or now and then."""
    killed = ""
    if course.killed_at is not None:
        killed = f"; the kill at {(course.killed_at - course.began).total_seconds():.0f} s"
    most = sorted(late.most_common(8))
    return ", ".join(f"{count:,} at {number * SLICE_S} s" for number, count in most) + killed


def on_time(late_s: list[float]) -> str:
    return f"{sum(seconds < ON_TIME_S for seconds in late_s) / len(late_s):.4%}"


def spread(late_s: list[float]) -> str:
    values = (statistics.median(late_s), statistics.quantiles(late_s, n=100)[98], max(late_s))
    return " / ".join(f"{1_000 * value:,.0f} ms" for value in values)


if __name__ == "__main__":
    if sys.argv[1:2] == [IN_ONE_PROCESS]:
        urls, target, services, interval, minutes, checkers, way = sys.argv[2:]
        measure(
            urls,
            int(target),
            int(services),
            int(interval),
            float(minutes),
            int(checkers),
            kill=way == "kill",
        )
    else:
        main()
