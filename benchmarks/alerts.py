"""A thousand services that go down together, and two channels that are told: how soon.

    python benchmarks/alerts.py [--services N] [--beside N] [--database SQLite|PostgreSQL]

A real checker (`manage.py check_services --forever`) watches the services that go down, and others
every ten seconds that do not; their lateness is what the alerts cost. When all are up, the target
of the former is ended and all are made due. Once with grouping (30 s), once without: then each of
them is a delivery of its own to each channel. Two webhooks go to a process that takes all.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))

import cheap_target
from fleet import lateness_s
from setting_up import DATABASES, ROOT, add_services, environment, set_up_django

if TYPE_CHECKING:
    from monitors.models import Service

IN_ONE_PROCESS = "one"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of this benchmark
CHANNELS = 2
BESIDE_EVERY_S = 10
UP_WITHIN_S, TOLD_WITHIN_S = 120.0, 120.0
QUIET_S = 30.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--services", type=int, default=1_000)
    parser.add_argument("--beside", type=int, default=1_000)
    parser.add_argument("--database", choices=DATABASES)
    options = parser.parse_args()
    for name in [options.database] if options.database else list(DATABASES):
        for group_s in (30, 0):
            with DATABASES[name]() as database_url:
                numbers = map(str, (group_s, options.services, options.beside))
                words = [sys.executable, __file__, IN_ONE_PROCESS, name, *numbers]
                subprocess.run(words, env=environment(database_url), check=True)


def measure(name: str, group_s: int, count: int, beside: int) -> None:
    set_up_django()
    from monitors.models import Service

    with cheap_target.running() as steady, cheap_target.running() as hook:
        with cheap_target.running() as doomed:
            add_services(doomed.urls, count, 3_600)
            falling = list(Service.objects.order_by("pk"))
            Service.objects.update(failures_before_down=1)
            add_services(steady.urls, beside, BESIDE_EVERY_S, on_beat=True)
            add_channels(hook.urls.split()[0], group_s)
            words = [sys.executable, "manage.py", "check_services", "--forever", "--per-host=1000"]
            checker = subprocess.Popen(words, cwd=ROOT)
            wait_for(lambda: not Service.objects.exclude(state="UP").exists(), UP_WITHIN_S)
            time.sleep(QUIET_S)
        try:
            fell_at = fall(falling)
            wait_for(lambda: all_told(count), TOLD_WITHIN_S)
        finally:
            checker.terminate()
            checker.wait()
    report(name, group_s, fell_at, falling)


def add_channels(url: str, group_s: int) -> None:
    from django.utils import timezone

    from monitors.models import Channel

    for number in range(CHANNELS):
        Channel.objects.create(
            name=f"Channel {number}",
            kind="webhook",
            target=f"{url}hook",
            signing_secret=SECRET,
            group_s=group_s,
            created_at=timezone.now(),
        )


def fall(services: Sequence["Service"]) -> datetime:
    """Have all be checked at once."""
    from django.utils import timezone

    from monitors.models import DueCheck

    now = timezone.now()
    DueCheck.objects.filter(service__among=[one.pk for one in services]).update(due_at=now)
    return now


def all_told(count: int) -> bool:
    from monitors.models import Alert

    return Alert.objects.filter(message__delivered_at__isnull=False).count() == count * CHANNELS


def wait_for(condition: Callable[[], bool], within_s: float) -> None:
    until = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.5)


def report(name: str, group_s: int, fell_at: datetime, falling: Sequence["Service"]) -> None:
    from django.db.models import Max, Min

    from monitors.models import Alert, DeliveryAttempt, Incident, Message

    alerts = Alert.objects.aggregate(first=Min("created_at"), last=Max("created_at"))
    queued = Alert.objects.values_list("created_at", "incident__started_at")
    waits_s = [(created - started).total_seconds() for created, started in queued]
    last = Message.objects.aggregate(last=Max("delivered_at"))["last"]
    sends = DeliveryAttempt.objects.aggregate(first=Min("at"))["first"]
    took = DeliveryAttempt.objects.values_list("took_ms", flat=True)
    before = lateness(falling, fell_at - timedelta(seconds=QUIET_S), fell_at)
    during = lateness(falling, fell_at, last)
    fell = Incident.objects.aggregate(first=Min("started_at"), last=Max("started_at"))
    lines = {
        "all down within": seconds(fell["last"] - fell["first"]),
        "from failing check to alert": (
            f"median {statistics.median(waits_s):.2f} s, worst {max(waits_s):.2f} s"
        ),
        "messages": f"{Message.objects.count():,} in {DeliveryAttempt.objects.count():,} attempts",
        "first sent after": seconds(sends - alerts["first"]),
        "last arrived after": seconds(last - alerts["first"]),
        "an attempt, median": f"{statistics.median(took):.1f} ms",
        "checks late, before": late(before),
        "checks late, meanwhile": late(during),
    }
    print(f"{name}, grouped within {group_s} s" if group_s else f"{name}, not grouped")
    for label, value in lines.items():
        print(f"  {label:<30}{value}", flush=True)


def seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.1f} s"


def lateness(without: Sequence["Service"], began: datetime, ended: datetime) -> list[float]:
    """Give by how much each check of the services that stay up began late, in seconds."""
    from monitors.models import ServiceStatus

    rows = ServiceStatus.objects.filter(
        checked_at__gte=began, checked_at__lt=ended, service__gt=max(one.pk for one in without)
    )
    return [
        lateness_s(service_id, BESIDE_EVERY_S, checked_at)
        for service_id, checked_at in rows.values_list("service_id", "checked_at")
    ]


def late(waits_s: Sequence[float]) -> str:
    on_time = sum(wait < 1 for wait in waits_s) / len(waits_s)
    p99 = statistics.quantiles(waits_s, n=100)[98]
    return (
        f"{on_time:.2%} within 1 s; median {1_000 * statistics.median(waits_s):.0f} ms,"
        f" p99 {1_000 * p99:.0f} ms, worst {1_000 * max(waits_s):.0f} ms"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == [IN_ONE_PROCESS]:
        kind, *given = sys.argv[2:]
        measure(kind, *map(int, given))
    else:
        main()
