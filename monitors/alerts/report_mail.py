"""The mail of a report: as it was worked out when it went into the outbox."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from monitors.models import Message

from . import links
from .channels.base import Rendered
from .payload import payload
from .wording import line

_MAX_SUBJECT_LENGTH = 150


def rendered_report(message: Message, now: datetime) -> Rendered:
    """Give a report in every form; `message.extra["report"]` is as queries.report_mail has it."""
    said: dict[str, Any] = message.extra["report"]
    link = links.to_report(said["query"])
    subject = line(f"{said['name']}: {said['range']}", _MAX_SUBJECT_LENGTH)
    services = [{**one, "name": line(one["name"], 200)} for one in said["services"]]
    context = said | {
        "subject": subject,
        "services": services,
        "link": link,
        "channel_name": line(message.channel_name, 200),
    }
    return Rendered(
        event=message.event,
        event_id=message.event_id,
        timestamp=now,
        created_at=message.created_at,
        subject=subject,
        text="\n".join(_lines(context)),
        html=render_to_string("monitors/mail/report.html", context),
        payload=payload(message.event, message.created_at, (), subject),
        incident_key="",
        is_recovery=False,
    )


def _lines(said: dict[str, Any]) -> Iterator[str]:
    yield said["subject"]
    yield ""
    yield from (line(sentence) for sentence in said["sentences"])
    if not said["services"]:
        yield "There is no service that it is of."
    yield ""
    for one in said["services"]:
        details = f" ({one['said']})" if one["said"] else ""
        yield f"- {one['name']}: {one['uptime']}{details}"
    if said["more"]:
        yield f"and {said['more']:,} more"
    if said["services"]:
        yield ""
    if said["link"]:
        yield f"The whole report: {said['link']}"
        yield ""
    yield f"Target {said['target']}, days by the clocks of {said['zone']}."
    yield f"Sent to the channel “{said['channel_name']}”."
