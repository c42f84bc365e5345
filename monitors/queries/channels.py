"""Channels as the pages show them: what they are for, and how the last messages went."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Prefetch, Subquery

from monitors.domain.alerting import DIGEST, TEST, Event
from monitors.models import Alert, Channel, DeliveryAttempt, Message

from .audience import audience
from .paging import Numbered

PER_PAGE = 50
MESSAGES = 20
NAMED = 3
"""Services of a channel that are named; of the others there is the number."""

_OTHER_LABELS = {DIGEST: "Digest", TEST: "Test"}


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel in the list."""

    channel: Channel
    events: tuple[str, ...]
    """What it is told, in words."""
    tags: tuple[str, ...]
    services: tuple[str, ...]
    """The names of some of its services."""
    services_count: int
    last: Message | None
    """The newest message that was tried."""
    waiting: int
    """Messages that are still to be sent."""

    @property
    def is_failing(self) -> bool:
        """Whether the last message that was tried has not arrived."""
        return self.last is not None and self.last.delivered_at is None

    @property
    def is_for_all(self) -> bool:
        return not (self.tags or self.services_count or self.channel.orphaned)

    @property
    def more_services(self) -> int:
        return self.services_count - len(self.services)


@dataclass(frozen=True, slots=True)
class ChannelsPage(Numbered):
    channels: tuple[ChannelRow, ...]
    number: int
    pages: int
    matching: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A message to a channel, as its page shows it."""

    message: Message
    label: str
    attempts: Sequence[DeliveryAttempt]
    """Newest first."""

    @property
    def outcome(self) -> str:
        message = self.message
        if message.delivered_at is not None:
            return "delivered"
        if message.next_try_at is None:
            return "given up"
        return "failing" if message.attempts else "waiting"


@dataclass(frozen=True, slots=True)
class ChannelPage:
    row: ChannelRow
    sent: tuple[Sent, ...]
    """Newest first."""
    held: int
    """Alerts that wait, for their time or for what holds them."""


def is_anybody_told() -> bool:
    """Tell whether there is a channel at all, even one that is disabled."""
    return Channel.objects.exists()


def told_of(service_id: int) -> list[tuple[Channel, tuple[str, ...]]]:
    """Give the channels that are told of a service, each with what it is told, in words."""
    told = audience([service_id])[service_id]
    return [(channel, tuple(map(event_label, channel.events))) for channel in told]


def channels_page(number: int) -> ChannelsPage:
    """Give one page of the list, by name, with as many queries for many channels as for one."""
    pages = Paginator(Channel.objects.prefetch_related("tags"), PER_PAGE)
    page = pages.get_page(number)
    rows = tuple(channel_rows(list(page.object_list)))
    return ChannelsPage(rows, page.number, pages.num_pages, pages.count)


def channel_page(channel: Channel) -> ChannelPage:
    attempts = Prefetch("delivery_attempts", DeliveryAttempt.objects.order_by("-at", "-id"))
    messages = Message.objects.filter(channel=channel).order_by("-id").prefetch_related(attempts)
    (row,) = channel_rows([channel])
    return ChannelPage(
        row,
        tuple(
            Sent(message, event_label(message.event), tuple(message.delivery_attempts.all()))
            for message in messages[:MESSAGES]
        ),
        Alert.objects.waiting().filter(channel=channel).count(),
    )


def channel_rows(channels: Sequence[Channel]) -> list[ChannelRow]:
    ids = [channel.pk for channel in channels]
    last, waiting, services = _last_tried(ids), _waiting(ids), _services(ids)
    return [
        ChannelRow(
            channel,
            events=tuple(map(event_label, channel.events)),
            tags=tuple(tag.name for tag in channel.tags.all()),
            services=services[channel.pk][0],
            services_count=services[channel.pk][1],
            last=last.get(channel.pk),
            waiting=waiting.get(channel.pk, 0),
        )
        for channel in channels
    ]


def event_label(event: str) -> str:
    """Name an event, or what stands for several; what is not known as it is stored."""
    known = {each.value: each.label for each in Event} | _OTHER_LABELS
    return known.get(event, event)


def _last_tried(ids: Collection[int]) -> dict[int | None, Message]:
    tried = Message.objects.filter(channel=OuterRef("pk"), attempts__gt=0).order_by("-id")
    newest = Channel.objects.filter(pk__in=ids).values_list(Subquery(tried.values("pk")[:1]))
    found = Message.objects.filter(pk__in=[pk for (pk,) in newest if pk is not None])
    return {message.channel_id: message for message in found}


def _waiting(ids: Collection[int]) -> dict[int | None, int]:
    waiting = Message.objects.waiting().filter(channel__in=ids)
    return dict(waiting.order_by().values_list("channel_id").annotate(count=Count("id")))


def _services(ids: Collection[int]) -> dict[int, tuple[tuple[str, ...], int]]:
    """Give of each channel the names of some of its services, and the number of all."""
    names: dict[int, list[str]] = {pk: [] for pk in ids}
    through = Channel.services.through.objects.filter(channel__in=ids)
    for pk, name in through.order_by("service__name").values_list("channel_id", "service__name"):
        names[pk].append(name)
    return {pk: (tuple(found[:NAMED]), len(found)) for pk, found in names.items()}
