"""The body of a webhook: what programs are told. It changes only by adding."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitors.domain.alerting import DIGEST, REPORT, TEST, Event, Facts
from monitors.domain.wording import iso_utc

from . import links
from .wording import down_for_s

VERSION = 1
_MAX_MESSAGE_LENGTH = 10_000
# What is not about services.
_TYPES = {
    Event.MONITOR.value: "monitor.trouble",
    DIGEST: "monitor.digest",
    TEST: "monitor.test",
    REPORT: "monitor.report",
}


def payload(
    event: str, at: datetime, about: Sequence[tuple[Event, Facts]], subject: str
) -> dict[str, Any]:
    """Give the body for the alerts of a message, all of them.

    `incident` is that of the first service; each service has its own as well, since those that
    went down together may recover one by one.
    """
    incidents = (_incident(facts, at) for _, facts in about)
    return {
        "type": _TYPES.get(event, f"service.{event}"),
        "version": VERSION,
        "timestamp": iso_utc(at),
        "data": {
            "message": subject,
            "incident": next((found for found in incidents if found), None),
            "services": [
                _service(one, facts, at) for one, facts in about if facts.service_id is not None
            ],
        },
    }


def _service(event: Event, facts: Facts, at: datetime) -> dict[str, Any]:
    return {
        "id": facts.service_id,
        "name": facts.service_name,
        "url": facts.service_url,
        "tags": list(facts.tags),
        "event": event.value,
        "state": facts.state,
        "message": facts.message[:_MAX_MESSAGE_LENGTH],
        "incident": _incident(facts, at),
    }


def _incident(facts: Facts, at: datetime) -> dict[str, Any] | None:
    if facts.incident_id is None:
        return None
    return {
        "id": facts.incident_id,
        "started_at": facts.started_at and iso_utc(facts.started_at),
        "resolved_at": facts.resolved_at and iso_utc(facts.resolved_at),
        "duration_s": round(down_for_s(facts, at), 3),
        "reason": facts.reason,
        "message": facts.message[:_MAX_MESSAGE_LENGTH],
        "ending": facts.ending,
        "url": links.to_incident(facts.incident_id) or None,
    }
