"""A message of the outbox, in every form in which channels want it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string

from monitors.domain.alerting import DIGEST, REPORT, TEST, ChannelKind, Event, Facts
from monitors.domain.incidents import Ending
from monitors.domain.wording import duration
from monitors.models import Message

from . import links
from .channels.base import Item, Rendered
from .payload import payload
from .report_mail import rendered_report
from .wording import Said, line, said

MAX_LISTED = 50
"""How many of many alerts a message for people names."""
_MAX_SUBJECT_LENGTH = 150
_NAMES_IN_SUBJECT = 3


@dataclass(frozen=True, slots=True)
class Told:
    """An alert of a message, with its words."""

    event: Event
    facts: Facts
    said: Said
    link: str
    acknowledge: str


def render(message: Message, now: datetime) -> Rendered:
    """Give what a message says: the same at every attempt, but for the attempt's time stamp.

    Of `message.extra` it tells `text`, a sentence of its own; `standstill_s`, for how long
    nothing was seen; and `told_late`, that it could not be sent when it should have been.
    """
    if message.event == REPORT:
        return rendered_report(message, now)
    about = _alerts(message)
    told = [_told(message, event, facts) for event, facts in about[:MAX_LISTED]]
    subject = line(_subject(message, about, told), _MAX_SUBJECT_LENGTH)
    notes = list(_notes(message))
    items = tuple(_items(message, about))
    return Rendered(
        event=message.event,
        event_id=message.event_id,
        timestamp=now,
        created_at=message.created_at,
        subject=subject,
        text=_text(message, subject, told, notes, len(about)),
        html=_html(message, subject, told, notes, len(about)),
        payload=payload(message.event, message.created_at, about, subject),
        incident_key=items[0].key if items else "",
        is_recovery=message.event == Event.UP,
        items=items,
    )


def _alerts(message: Message) -> list[tuple[Event, Facts]]:
    if message.event == TEST:
        return []
    alerts = sorted(message.alerts.all(), key=lambda alert: alert.pk)
    return [(Event(alert.event), alert.told_facts()) for alert in alerts]


def _told(message: Message, event: Event, facts: Facts) -> Told:
    may_acknowledge = event in {Event.DOWN, Event.REMINDER}
    return Told(
        event,
        facts,
        said(event, facts, message.created_at, _zone()),
        _link(facts),
        links.to_acknowledge(facts.incident_id, message.channel_name) if may_acknowledge else "",
    )


def _link(facts: Facts) -> str:
    return links.to_incident(facts.incident_id) or links.to_service(facts.service_id)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _subject(message: Message, about: Sequence[tuple[Event, Facts]], told: list[Told]) -> str:
    if message.event == TEST:
        return f"Test of the channel “{message.channel_name}”"
    if message.event == DIGEST:
        counts = Counter(event for event, _ in about)
        parts = [f"{counts[event]:,} {event.label.lower()}" for event in Event if counts[event]]
        return f"Summary: {', '.join(parts) or 'nothing new'}"
    if len(told) == 1:
        return told[0].said.headline
    names = [line(facts.service_name, 40) for _, facts in about[:_NAMES_IN_SUBJECT]]
    more = len(about) - len(names)
    listed = f"{', '.join(names)} and {more:,} more" if more else ", ".join(names)
    return f"{_several(Event(message.event), about)}: {listed}"


def _several(event: Event, about: Sequence[tuple[Event, Facts]]) -> str:
    if event is Event.UP and any(facts.ending != Ending.RECOVERED for _, facts in about):
        return f"{len(about):,} outages are over"
    return _SEVERAL[event].format(len(about))


_SEVERAL = {
    Event.DOWN: "{:,} services are down",
    Event.UP: "{:,} services are up again",
    Event.DEGRADED: "{:,} services are degraded",
    Event.CERTIFICATE: "The certificates of {:,} services expire soon",
    Event.REMINDER: "{:,} services are still down",
    Event.FLAPPING: "{:,} services are flapping",
    Event.MONITOR: "{:,} troubles of the monitor itself",
}


def _notes(message: Message) -> Iterator[str]:
    """Give the sentences that a message says beside its alerts."""
    extra: dict[str, Any] = message.extra
    if message.event == TEST:
        yield "This is a test. Messages of this channel arrive where you read this."
    if extra.get("text"):
        yield line(str(extra["text"]))
    if extra.get("standstill_s"):
        stood = duration(float(extra["standstill_s"]))
        yield f"The monitor stood still for {stood}: it saw nothing then, and sent nothing."
    if extra.get("told_late"):
        yield "This comes late: it could not be sent when it happened."


def _items(message: Message, about: Sequence[tuple[Event, Facts]]) -> Iterator[Item]:
    """Give the alerts one by one, each under the key of what it is of."""
    zone = _zone()
    for event, facts in about:
        words = said(event, facts, message.created_at, zone)
        detail = "\n".join(f"{label}: {value}" for label, value in words.rows)
        yield Item(event.value, _key(event, facts), words.headline, detail, _link(facts))


def _key(event: Event, facts: Facts) -> str:
    if facts.incident_id is not None:
        return f"incident-{facts.incident_id}"
    return event.value if facts.service_id is None else f"{event.value}-{facts.service_id}"


def _text(message: Message, subject: str, told: list[Told], notes: list[str], count: int) -> str:
    if count == 1:
        body = [told[0].said.title, "", *_with_gap(notes), *_alone(told[0])]
    else:
        body = [subject, "", *_with_gap(notes), *_list(told, count)]
    return "\n".join([*body, f"Sent to the channel “{line(message.channel_name, 200)}”."])


def _list(told: list[Told], count: int) -> Iterator[str]:
    for one in told:
        yield f"- {one.said.headline}"
    if count > len(told):
        yield f"and {count - len(told):,} more"
    if told:
        yield ""
    if told and links.to_open_incidents():
        yield f"Open incidents: {links.to_open_incidents()}"
        yield ""


def _alone(one: Told) -> Iterator[str]:
    for label, value in one.said.rows:
        yield f"{label}: {value}"
    yield ""
    if one.link:
        yield f"Details: {one.link}"
    if one.acknowledge:
        yield f"Acknowledge: {one.acknowledge}"
    if one.link or one.acknowledge:
        yield ""


def _with_gap(lines: list[str]) -> list[str]:
    return [*lines, ""] if lines else []


def _html(message: Message, subject: str, told: list[Told], notes: list[str], count: int) -> str:
    """Give the page of an e-mail; other channels have no use for it."""
    if message.channel is not None and message.channel.kind != ChannelKind.EMAIL:
        return ""
    context = {
        "subject": told[0].said.title if count == 1 else subject,
        "notes": notes,
        "told": told,
        "more": count - len(told),
        "open_incidents": links.to_open_incidents() if count > 1 else "",
        "channel_name": line(message.channel_name, 200),
    }
    return render_to_string("monitors/mail/message.html", context)
