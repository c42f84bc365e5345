"""Who is told of an incident, and what has become of that."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitors.domain.alerting import Event, Fate, Hold
from monitors.models import Alert, DeliveryAttempt, Incident, Message


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message that told of an incident, and how its delivery went."""

    channel: str
    event: str
    """A value of `Event`, or "digest"."""
    event_id: str
    created_at: datetime
    delivered_at: datetime | None
    gave_up_at: datetime | None
    next_try_at: datetime | None
    """None once it is delivered, given up or dropped."""
    answer: str
    """To the last attempt."""
    attempts: Sequence[DeliveryAttempt]
    """In order of time."""

    @property
    def at(self) -> datetime:
        """Give when it arrived, or was tried last, or was made."""
        tried = self.attempts[-1].at if self.attempts else self.created_at
        return self.delivered_at or self.gave_up_at or tried


@dataclass(frozen=True, slots=True)
class Untold:
    """Something that a channel waits to be told, or was not told."""

    channel: str
    event: str
    fate: Fate
    due_at: datetime
    why: str

    @property
    def waits(self) -> bool:
        return self.fate is Fate.WAITING


_NOT_TOLD = {
    Event.UP.value: "not told: nothing had been told of the outage",
}
_WHY = {
    Fate.OVER: "not told: it was well again before it was time",
    Fate.NOT_TOLD: "not told: it was acknowledged in time",
    Fate.DROPPED: "not told: the channel was deleted, disabled, or no longer wants it",
}


def deliveries_of(incident: Incident) -> list[Delivery]:
    """Give the messages that told of an incident, oldest first, in two queries."""
    told = Alert.objects.filter(incident=incident, message__isnull=False)
    messages = list(
        Message.objects.filter(pk__in=told.values("message")).order_by("created_at", "id")
    )
    attempts: dict[int, list[DeliveryAttempt]] = defaultdict(list)
    # Read even where there are no messages, so that a page takes the same queries.
    ids = [message.pk for message in messages] or [0]
    for attempt in DeliveryAttempt.objects.filter(message__in=ids).order_by("at", "id"):
        attempts[attempt.message_id].append(attempt)
    return [_delivery(message, attempts[message.pk]) for message in messages]


def untold_of(incident: Incident) -> list[Untold]:
    """Give the alerts of an incident that no message holds, in one query."""
    alerts = Alert.objects.filter(incident=incident, message=None).order_by("due_at", "id")
    return [
        Untold(alert.channel_name, alert.event, Fate(alert.fate), alert.due_at, _why(alert))
        for alert in alerts
    ]


def event_label(event: str) -> str:
    """Name an event of a message: one of `Event`, or a digest of several."""
    return Event(event).label if event in Event.__members__.values() else event.capitalize()


def _why(alert: Alert) -> str:
    fate = Fate(alert.fate)
    if fate is Fate.WAITING:
        return Hold(alert.hold).label or "waits for its time"
    if fate is Fate.NOT_TOLD and alert.event in _NOT_TOLD:
        return _NOT_TOLD[alert.event]
    return _WHY.get(fate, "told")


def _delivery(message: Message, attempts: Sequence[DeliveryAttempt]) -> Delivery:
    return Delivery(
        channel=message.channel_name,
        event=message.event,
        event_id=message.event_id,
        created_at=message.created_at,
        delivered_at=message.delivered_at,
        gave_up_at=message.gave_up_at,
        next_try_at=message.next_try_at,
        answer=message.answer,
        attempts=attempts,
    )
