"""The words of alerts: what a channel is, what it may be told, and what becomes of an alert."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self


class ChannelKind(StrEnum):
    """By what a channel reaches people."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"

    @property
    def label(self) -> str:
        return _KIND_LABELS[self]


_KIND_LABELS = {
    ChannelKind.EMAIL: "E-mail",
    ChannelKind.WEBHOOK: "Webhook",
    ChannelKind.APPRISE: "Apprise",
}


class Event(StrEnum):
    """What a channel may be told."""

    DOWN = "down"
    UP = "up"
    DEGRADED = "degraded"
    CERTIFICATE = "certificate"
    REMINDER = "reminder"
    FLAPPING = "flapping"
    MONITOR = "monitor"

    @property
    def label(self) -> str:
        return _EVENT_LABELS[self]


_EVENT_LABELS = {
    Event.DOWN: "Down",
    Event.UP: "Recovered",
    Event.DEGRADED: "Degraded",
    Event.CERTIFICATE: "Certificate expires soon",
    Event.REMINDER: "Still down",
    Event.FLAPPING: "Flapping",
    Event.MONITOR: "Trouble of the monitor itself",
}

DEFAULT_EVENTS = (Event.DOWN, Event.UP)

# Messages that stand for no event: many at once, the one of "Send a test", a report by mail.
DIGEST = "digest"
TEST = "test"
REPORT = "report"


class Fate(StrEnum):
    """What has become of an alert."""

    WAITING = "waiting"
    TOLD = "told"
    """It is in a message; the message says whether it has arrived."""
    OVER = "over"
    """The service was well again before anybody was told."""
    NOT_TOLD = "not_told"
    """A recovery from what was never told, or something that was acknowledged in time."""
    DROPPED = "dropped"
    """Its channel was deleted or disabled, or wants no such events any more."""


class Hold(StrEnum):
    """Why an alert waits although its time has come."""

    NOTHING = ""
    DEPENDENCY = "dependency"
    FLAPPING = "flapping"
    QUIET = "quiet"
    SNOOZED = "snoozed"
    MAINTENANCE = "maintenance"
    CUT_OFF = "cut_off"

    @property
    def label(self) -> str:
        return _HOLD_LABELS[self]


_HOLD_LABELS = {
    Hold.NOTHING: "",
    Hold.DEPENDENCY: "held: a service that it depends on is down",
    Hold.FLAPPING: "held: the service is flapping",
    Hold.QUIET: "held: quiet hours",
    Hold.SNOOZED: "held: snoozed",
    Hold.MAINTENANCE: "held: maintenance",
    Hold.CUT_OFF: "held: the monitor is cut off",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an alert says, as it was when the thing happened: every attempt says the same."""

    service_id: int | None = None
    service_name: str = ""
    service_url: str = ""
    tags: tuple[str, ...] = ()
    incident_id: int | None = None
    started_at: datetime | None = None
    resolved_at: datetime | None = None
    reason: str = ""
    message: str = ""
    state: str = ""
    """Of the service after the event: "DOWN", "UP" or "DEGRADED"; empty where it has none."""
    ending: str = ""
    """How the incident ended; empty while it is open."""
    number: int = 0
    """Of a reminder, its number; of flapping, the incidents; of a certificate, the days left
    (-1: it has expired)."""
    behind: int = 0
    """How many services depend on this one."""

    def to_json(self) -> dict[str, Any]:
        facts = asdict(self)
        for name in ("started_at", "resolved_at"):
            facts[name] = facts[name].isoformat() if facts[name] is not None else None
        return {name: value for name, value in facts.items() if value not in (None, "", 0, ())}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; what it does not know it leaves out."""
        values = {name: value for name, value in stored.items() if name in cls.__slots__}
        for name in ("started_at", "resolved_at"):
            if name in values:
                values[name] = datetime.fromisoformat(values[name])
        values["tags"] = tuple(values.get("tags", ()))
        return cls(**values)


# Pauses between the attempts of one message: they grow, and after a day it is given up.
_FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=24)


def next_try(first_tried_at: datetime, attempts: int, now: datetime) -> datetime | None:
    """Give when to try a message again after `attempts` failures; None to give it up.

    5 s, 10 s, 20 s … up to an hour, for a day; the last try is at the end of that day.
    """
    last = first_tried_at + GIVE_UP_AFTER
    if now >= last:
        return None
    # No power beyond what the longest pause needs: attempts may be many.
    pause: timedelta = min(_FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return min(now + pause, last)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try to deliver a message came to."""

    delivered: bool
    answer: str
    """What the other side said, in one line."""
    took_ms: float = field(default=0.0)
    is_final: bool = False
    """Not to be tried again: the other side does not want it (410 Gone)."""
