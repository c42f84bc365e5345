"""How it stands with what is to be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from monitors.models import Alert, Channel, Message


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows that wait, and for how long the oldest has been due."""

    count: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class ChannelCounts:
    """What became of the attempts to reach a channel, since it was made."""

    name: str
    deliveries: int
    failures: int


@dataclass(frozen=True, slots=True)
class Outbox:
    alerts: Waiting
    """Not decided on yet: they wait to be grouped or escalated, or are held."""
    messages: Waiting
    """On their way."""
    channels: Sequence[ChannelCounts]


def outbox(now: datetime) -> Outbox:
    alerts = Alert.objects.waiting().aggregate(Count("pk"), Min("due_at"))
    messages = Message.objects.waiting().aggregate(Count("pk"), Min("created_at"))
    channels = Channel.objects.order_by("pk").values_list("name", "deliveries", "failures")
    return Outbox(
        Waiting(alerts["pk__count"], _age_s(alerts["due_at__min"], now)),
        Waiting(messages["pk__count"], _age_s(messages["created_at__min"], now)),
        [ChannelCounts(*row) for row in channels],
    )


def _age_s(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0
