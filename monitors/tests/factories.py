"""Services and results for tests, by plain functions."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from monitors.actions import services
from monitors.actions.results import DueTime, Finding, record
from monitors.domain.reasons import Reason
from monitors.domain.result import CheckResult, Status
from monitors.domain.targets import parse_target
from monitors.models import Channel, DueCheck, Service

from .clock import NOON

_numbers = count(1)


def a_service(**settings: Any) -> Service:
    """Make a service by the action that the site uses, at noon unless `now` is given."""
    now: datetime = settings.pop("now", NOON)
    tags: list[str] = settings.pop("tags", [])
    depends_on = [other.pk for other in settings.pop("depends_on", [])]
    number = next(_numbers)
    settings = {"name": f"Service {number}", "url": f"http://s{number}.example/"} | settings
    target = parse_target(settings["url"])
    settings |= {"url": target.url, "url_key": target.key}
    return services.create(settings, tags, now, depends_on)


def a_channel(name: str = "Channel", **settings: Any) -> Channel:
    """Make a channel for all services, a webhook unless another kind is given."""
    given = {"kind": "webhook", "target": "http://hook.example/", "created_at": NOON} | settings
    return Channel.objects.create(name=name, **given)


def a_result(status: Status = Status.UP, at: datetime = NOON, **values: Any) -> CheckResult:
    reason = {
        Status.UP: Reason.OK,
        Status.DEGRADED: Reason.SLOW,
        Status.DOWN: Reason.CONNECT,
        Status.NOT_JUDGED: Reason.INTERNAL,
    }
    message = {
        Status.UP: "200 OK",
        Status.DEGRADED: "200 OK after 900 ms, slower than 500 ms",
        Status.DOWN: "connection refused by 192.0.2.7 port 443",
        Status.NOT_JUDGED: "the checker cannot open a connection: too many open files",
    }
    time = 12.5 if status in {Status.UP, Status.DEGRADED} else None
    given = {"reason": reason[status], "message": message[status], "response_time_ms": time}
    return CheckResult(checked_at=at, status=status, **(given | values))


def scheduled(service: Service, result: CheckResult) -> Finding:
    """Make a result that answers the service's present due time."""
    due = DueCheck.objects.filter(service=service).first()
    return Finding(
        service.pk, result, DueTime(service.pk, due.location, due.due_at) if due else None
    )


def checked(service: Service, *statuses: Status, every_s: int = 60) -> Service:
    """Record results one interval apart, the first one interval after the service began."""
    for number, status in enumerate(statuses, start=1):
        at = service.created_at + timedelta(seconds=every_s * number)
        record([scheduled(service, a_result(status, at))], at)
    service.refresh_from_db()
    return service
