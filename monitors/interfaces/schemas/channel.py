"""A channel as the API takes and gives it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from monitors.domain.alerting import ChannelKind, Event
from monitors.domain.tags import MAX_TAG_LENGTH, MAX_TAGS
from monitors.interfaces.forms.channel import shown_target
from monitors.interfaces.forms.chosen_services import MAX_CHOSEN
from monitors.models import Channel
from monitors.models.channel import MAX_TARGET_LENGTH
from monitors.models.fields import shown
from monitors.models.service import MAX_NAME_LENGTH

from .settings import Settings

MAX_GROUP_S, MAX_WAIT_S = 3_600, 7 * 86_400

_KINDS = [kind.value for kind in ChannelKind]
_EVENTS = [event.value for event in Event]
EventName = Annotated[str, Field(json_schema_extra={"enum": _EVENTS})]
KindName = Annotated[str, Field(json_schema_extra={"enum": _KINDS})]
TagName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TAG_LENGTH,
        pattern=r"^[^,]*[^,\s][^,]*$",
        json_schema_extra={"format": "tag"},
    ),
]
Name = Annotated[
    str,
    Field(min_length=1, max_length=MAX_NAME_LENGTH, json_schema_extra={"format": "single-line"}),
]
Target = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TARGET_LENGTH,
        description="e-mail addresses, one a line; the address of a webhook; a URL of Apprise",
        json_schema_extra={"format": "channel-target"},
    ),
]
ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
ServiceId = Annotated[int, Field(ge=1, lt=2**63)]


class ChannelSettings(Settings):
    """Only types and sizes are checked here: the rules are those of ChannelForm."""

    tags: list[TagName] = Field([], max_length=MAX_TAGS)
    services: list[ServiceId] = Field(
        [], max_length=MAX_CHOSEN, description="ids; no tags and no services: all services"
    )
    events: list[EventName] = Field(["down", "up"], min_length=1, max_length=20)
    enabled: bool = True
    group_s: int = Field(
        30, ge=0, le=MAX_GROUP_S, description="what fails within this time is one message"
    )
    remind_every_s: int = Field(
        0, ge=0, le=MAX_WAIT_S, description="0: never; else `reminder` is among the events"
    )
    escalate_after_s: int = Field(
        0, ge=0, le=MAX_WAIT_S, description="told only of what nobody has acknowledged by then"
    )
    quiet_from: ClockTime | None = Field(None, description="with `quiet_until`, or neither")
    quiet_until: ClockTime | None = None
    time_zone: str = Field(
        "UTC",
        min_length=1,
        max_length=64,
        description="of the quiet hours, like Europe/Berlin",
        json_schema_extra={"format": "time-zone"},
    )
    breaks_through: list[EventName] = Field(
        [], max_length=20, description="events that are told in quiet hours too"
    )


class ChannelIn(ChannelSettings):
    """A channel to add: a name, a kind, a target, and what is not to have its default."""

    name: Name = Field(..., examples=["Ops e-mail"])
    kind: KindName = Field(..., examples=["webhook"])
    target: Target = Field(..., examples=["https://example.com/hooks/uptime"])


def _without_defaults(schema: dict[str, Any]) -> None:
    for told in schema["properties"].values():
        told.pop("default", None)


class ChannelPatch(ChannelSettings):
    """Settings of a channel to change; what is left out stays as it is.

    So does a target that is given as it comes back, masked.
    """

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    name: Name = ""
    target: Target = ""


class ChannelOut(BaseModel):
    """A channel, its settings without secrets."""

    id: int
    name: str
    kind: KindName
    target: str = Field(..., description="masked where it holds a secret")
    tags: list[str]
    services: list[int]
    orphaned: bool = Field(
        ..., description="the last service that it named was deleted: it is for none now"
    )
    events: list[EventName]
    enabled: bool
    disabled_reason: str = Field(..., description="why, where it was disabled by itself")
    group_s: int
    remind_every_s: int
    escalate_after_s: int
    quiet_from: str | None
    quiet_until: str | None
    time_zone: str
    breaks_through: list[EventName]
    previous_secret_until: datetime | None = Field(
        ..., description="until when messages are signed with the secret of before as well"
    )
    unreadable_secrets: list[str] = Field(
        ..., description="settings stored under another SECRET_KEY: nothing can be sent with them"
    )
    created_at: datetime


class SecretOut(BaseModel):
    """What the receiver verifies messages with; it is not given again."""

    signing_secret: str


class NewChannelOut(ChannelOut):
    """A channel that was just made."""

    signing_secret: str | None = Field(..., description="of a webhook, this once")


class TestOut(BaseModel):
    """What a test message came to."""

    delivered: bool
    answer: str = Field(..., description="of the other side, in one line")


_AS_STORED = (
    "id",
    "name",
    "kind",
    "orphaned",
    "events",
    "enabled",
    "disabled_reason",
    "group_s",
    "remind_every_s",
    "escalate_after_s",
    "time_zone",
    "breaks_through",
    "previous_secret_until",
    "created_at",
)


def channel_out(channel: Channel) -> dict[str, Any]:
    (told,) = channels_out([channel])
    return told


def new_channel_out(channel: Channel) -> dict[str, Any]:
    return channel_out(channel) | {"signing_secret": shown(channel.signing_secret) or None}


def channels_out(channels: Sequence[Channel]) -> list[dict[str, Any]]:
    """Give the API's view of channels, with two queries for all of them."""
    ids = [channel.pk for channel in channels]
    tags, services = _tags_of(ids), _services_of(ids)
    return [_out(channel, tags[channel.pk], services[channel.pk]) for channel in channels]


def _out(channel: Channel, tags: list[str], services: list[int]) -> dict[str, Any]:
    return {
        "target": shown_target(channel),
        "tags": tags,
        "services": services,
        "quiet_from": _clock(channel.quiet_from),
        "quiet_until": _clock(channel.quiet_until),
        "unreadable_secrets": list(channel.unreadable_secrets),
    } | {name: getattr(channel, name) for name in _AS_STORED}


def _clock(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"


def _tags_of(ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    through = Channel.tags.through.objects.filter(channel__in=ids).order_by("tag__name")
    for pk, name in through.values_list("channel_id", "tag__name"):
        found[pk].append(name)
    return found


def _services_of(ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    through = Channel.services.through.objects.filter(channel__in=ids).order_by("service_id")
    for pk, service_id in through.values_list("channel_id", "service_id"):
        found[pk].append(service_id)
    return found
