"""What a channel's kind gets and gives: where to send, what to say, what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from monitors.domain.alerting import Attempt, ChannelKind
from monitors.domain.spec import BadSetting
from monitors.domain.wording import one_line
from monitors.models import Channel
from monitors.models.fields import readable

MAX_ANSWER_LENGTH = 500


class BadTarget(ValueError):  # noqa: N818 - reads as what it is at every raise
    """A target that nothing can be sent to; its text is a sentence for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel as a sender sees it."""

    name: str
    kind: ChannelKind
    target: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Of a webhook, the keys to sign with, the present one first."""


@dataclass(frozen=True, slots=True)
class Item:
    """One of the things that a message tells, for services that keep an alert of each."""

    event: str
    key: str
    """The same on whatever is told of one incident: "incident-7"."""
    headline: str
    detail: str
    """Lines of plain text."""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a message says, in every form that a channel may want; the same at each attempt."""

    event: str
    event_id: str
    timestamp: datetime
    """Of this attempt: signatures are good for a few minutes only."""
    created_at: datetime
    subject: str
    """One line without control characters."""
    text: str
    html: str
    payload: Mapping[str, Any]
    incident_key: str
    """Of the first item; empty where there is none."""
    is_recovery: bool
    items: tuple[Item, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(item.key for item in self.items))


class Kind(Protocol):
    """By what a channel reaches people; each kind is a module of this shape."""

    async def send(self, to: Destination, what: Rendered) -> Attempt:
        """Try once, within a bounded time. Never raises for whatever the other side does."""

    def clean(self, target: str) -> str:
        """Give a target as it is stored. Raises BadTarget."""

    def masked(self, target: str) -> str:
        """Give a target for people to recognise, without what is secret in it."""


def destination(channel: Channel, now: datetime) -> Destination:
    """Give where a channel sends. Raises BadTarget where its secrets cannot be read."""
    try:
        secrets = [readable(channel.signing_secret)]
        if channel.signs_with_both(now):
            secrets.append(readable(channel.previous_secret))
        return Destination(
            name=channel.name,
            kind=ChannelKind(channel.kind),
            target=readable(channel.target),
            secrets=tuple(filter(None, secrets)),
        )
    except BadSetting as unreadable:
        raise BadTarget(str(unreadable)) from unreadable


def failed(answer: str, *, is_final: bool = False) -> Attempt:
    return Attempt(delivered=False, answer=in_short(answer), is_final=is_final)


def in_short(answer: str, length: int = MAX_ANSWER_LENGTH) -> str:
    """Make an answer fit to be stored and shown: one line, bounded."""
    # Cut first: what comes from elsewhere may be long.
    line = one_line(answer[: 4 * length])
    return line if len(line) <= length else f"{line[: length - 1]}…"
