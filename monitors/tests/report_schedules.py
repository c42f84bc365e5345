"""Reports by e-mail for tests."""

from datetime import UTC, datetime
from typing import Any

from monitors.actions import report_schedules
from monitors.models import Channel, ReportSchedule

from .factories import a_channel

# A Friday; last month was February, which had its report already.
MADE_AT = datetime(2026, 3, 6, 12, tzinfo=UTC)


def a_schedule(
    tags: tuple[str, ...] = (),
    services: tuple[int, ...] = (),
    now: datetime = MADE_AT,
    **settings: Any,
) -> ReportSchedule:
    """Make a monthly report of all services to an e-mail channel of its own."""
    given: dict[str, Any] = {"name": "Uptime report", "every": "monthly", "time_zone": "UTC"}
    channel = settings.get("channel") or an_email_channel()
    return report_schedules.create(given | {"channel": channel} | settings, tags, services, now)


def an_email_channel(name: str = "Ops", target: str = "ops@example.com", **values: Any) -> Channel:
    return a_channel(name, kind="email", target=target, **values)
