"""What an alert says, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitors.domain import wording
from monitors.domain.alerting import Event, Facts
from monitors.domain.incidents import Ending

MAX_MESSAGE_LENGTH = 1_000
_MAX_NAME_LENGTH = 200
_MAX_TAGS = 20


@dataclass(frozen=True, slots=True)
class Said:
    """One alert for people: every part of it is one line, safe to print anywhere as plain text."""

    title: str
    """With the name of the service: "Shop is down"."""
    why: str
    """What follows it after a colon where there is only one line; may be empty."""
    rows: tuple[tuple[str, str], ...]
    """Label and value of what there is to know."""

    @property
    def headline(self) -> str:
        return f"{self.title}: {self.why}" if self.why else self.title


def said(event: Event, facts: Facts, at: datetime, zone: ZoneInfo) -> Said:
    """Word what an alert says, as at the moment `at`, with times by the clocks of a zone."""
    name = line(facts.service_name, _MAX_NAME_LENGTH)
    title = _TITLES[event](name, facts, at)
    why = line(facts.message) if event in _SAY_WHY else ""
    return Said(title, why, tuple(_rows(event, facts, zone)))


def line(text: str, length: int = MAX_MESSAGE_LENGTH) -> str:
    """Give foreign text as one bounded line, without what controls terminals or directions."""
    text = wording.one_line(text[: 4 * length])
    return text if len(text) <= length else f"{text[: length - 1]}…"


def moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def down_for_s(facts: Facts, at: datetime) -> float:
    """Give for how many seconds a service was down, or has been at the moment `at`."""
    if facts.started_at is None:
        return 0.0
    return max(0.0, ((facts.resolved_at or at) - facts.started_at).total_seconds())


def _down(name: str, facts: Facts, at: datetime) -> str:
    del facts, at
    return f"{name} is down"


def _up(name: str, facts: Facts, at: datetime) -> str:
    lasted = wording.duration(down_for_s(facts, at))
    if facts.ending in _CLOSED:
        return f"{name} was {_CLOSED[Ending(facts.ending)]} after {lasted} down"
    return f"{name} is up again after {lasted}"


# Nobody has seen these outages end by themselves.
_CLOSED = {
    Ending.PAUSED: "paused",
    Ending.EDITED: "given another address",
    Ending.DELETED: "deleted",
}


def _reminder(name: str, facts: Facts, at: datetime) -> str:
    return f"{name} is still down after {wording.duration(down_for_s(facts, at))}"


def _degraded(name: str, facts: Facts, at: datetime) -> str:
    del facts, at
    return f"{name} is degraded"


def _certificate(name: str, facts: Facts, at: datetime) -> str:
    del at
    if facts.number < 0:
        return f"The certificate of {name} has expired"
    when = f"in {counted(facts.number, 'day')}" if facts.number > 0 else "within a day"
    return f"The certificate of {name} expires {when}"


def _flapping(name: str, facts: Facts, at: datetime) -> str:
    del at
    times = f", down {counted(facts.number, 'time')} within a short while"
    return f"{name} is flapping{times if facts.number else ''}"


def _monitor(name: str, facts: Facts, at: datetime) -> str:
    del name, at
    over = facts.resolved_at is not None
    return "The monitor is well again" if over else "Trouble of the monitor itself"


_TITLES: dict[Event, Callable[[str, Facts, datetime], str]] = {
    Event.DOWN: _down,
    Event.UP: _up,
    Event.DEGRADED: _degraded,
    Event.CERTIFICATE: _certificate,
    Event.REMINDER: _reminder,
    Event.FLAPPING: _flapping,
    Event.MONITOR: _monitor,
}
_SAY_WHY = {Event.DOWN, Event.DEGRADED, Event.MONITOR}


def _rows(event: Event, facts: Facts, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    if facts.message:
        yield _WHY.get(event, "Why"), line(facts.message)
    if facts.started_at is not None:
        yield "Since" if facts.resolved_at is None else "From", moment(facts.started_at, zone)
    if facts.resolved_at is not None:
        yield "Until", moment(facts.resolved_at, zone)
    if event is Event.UP and facts.state == "DEGRADED":
        yield "Now", "it answers, but it is degraded"
    if facts.service_url:
        yield "Address", line(facts.service_url)
    if facts.tags:
        more = len(facts.tags) - _MAX_TAGS
        listed = ", ".join(line(tag, 80) for tag in facts.tags[:_MAX_TAGS])
        yield "Tags", f"{listed} and {more} more" if more > 0 else listed
    if facts.behind:
        noun = "service depends" if facts.behind == 1 else "services depend"
        yield "Behind it", f"{facts.behind:,} {noun} on it"


_WHY = {Event.UP: "It was", Event.CERTIFICATE: "What", Event.MONITOR: "What"}
