"""A small installation with something on every page, for pictures and for what browsers measure.

Its services have been checked every few minutes for three days, up to this moment; two of them are
down, and others have been. Nothing is checked any more: their addresses lead nowhere.
"""

import os
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))

from setting_up import add_services, set_up_django

if TYPE_CHECKING:
    from monitors.domain.result import Status

NAME, PASSWORD = "ops", "correct horse battery staple"
DAYS = 3
CHECKS = 200
NAMES = (
    "Accounts",
    "API gateway",
    "Backup target",
    "Billing",
    "Blog",
    "CDN Frankfurt",
    "CDN Virginia",
    "Checkout",
    "DNS panel",
    "Documentation",
    "GitLab",
    "Grafana",
    "Image resizer",
    "Intranet wiki",
    "Login",
    "Mail gateway",
    "Payments",
    "Search",
    "Shop",
    "Staging",
    "Status mirror",
    "Ticket desk",
    "VPN portal",
    "Warehouse",
    "Webhooks",
)
TAGS = ("customer", "internal", "europe", "database")
DOWN_NOW, DOWN_BEFORE, SLOW_NOW, FAILING = (1, 6), (4, 12, 17), (9,), (22,)


def fill(more: int = 0) -> None:
    """Add the account, the services, and so many more of which nothing is known yet."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from monitors.models import DueCheck, Service, StatusComponent, StatusPage

    User.objects.create_superuser(NAME, password=PASSWORD)
    now = timezone.now()
    for number, name in enumerate(NAMES):
        _add(number, name, now)
    page = StatusPage.objects.create(
        slug="example", title="Example status", published=True, created_at=now
    )
    for position, service in enumerate(Service.objects.order_by("name")[:8]):
        StatusComponent.objects.create(
            page=page, service=service, name=service.name, position=position
        )
    add_services("http://more.example/", more, 60, on_beat=True)
    # Nobody checks: yet nothing is to look late while pictures are taken.
    Service.objects.filter(paused=False).update(fresh_until=now + timedelta(hours=2))
    DueCheck.objects.update(due_at=now + timedelta(hours=1))


def _add(number: int, name: str, now: datetime) -> None:
    from monitors.actions import services
    from monitors.actions.results import record
    from monitors.domain.result import Status
    from monitors.models import Service
    from monitors.tests.factories import a_result, a_service, scheduled

    generator = random.Random(number)  # noqa: S311 - how long an answer takes is no secret
    began = now - timedelta(days=DAYS)
    every = timedelta(days=DAYS) / CHECKS
    service = a_service(
        name=name,
        url=f"https://{name.lower().replace(' ', '-')}.example.com/health",
        tags=generator.sample(TAGS, number % 3),
        interval_s=int(every.total_seconds()),
        now=began,
    )
    for turn in range(1, CHECKS + 1):
        status = _status(number, turn)
        values = {"response_time_ms": round(generator.lognormvariate(4, 0.4), 1)}
        if status is Status.DOWN:
            values = {}
        at = began + every * turn
        record([scheduled(service, a_result(status, at, **values))], at)
    if number == NAMES.index("Staging"):
        services.pause(service.pk, now)
    Service.objects.filter(pk=service.pk).update(last_checked_at=now - timedelta(seconds=number))


def _status(number: int, turn: int) -> "Status":
    from monitors.domain.result import Status

    left = CHECKS - turn
    if (number in DOWN_NOW and left < 6) or (number in DOWN_BEFORE and 60 < left < 70):
        return Status.DOWN
    if number in FAILING and left == 0:
        return Status.DOWN
    return Status.DEGRADED if number in SLOW_NOW and left < 4 else Status.UP


def main() -> None:
    set_up_django()
    fill(int(os.environ.get("DEMO_MORE", "0")))


if __name__ == "__main__":
    main()
