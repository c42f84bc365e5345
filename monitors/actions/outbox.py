"""The messages on their way: taken under a lease, tried, noted, given up, dropped.

Delivery is at least once: a message is done only when its delivery has been noted, so one that was
sent by a program that died before it could note that is sent again, under the same id.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Min, Q

from monitors.domain.alerting import LONGEST_PAUSE, Attempt, ChannelKind, Event, Fate, next_try
from monitors.models import Alert, Channel, DeliveryAttempt, Message
from monitors.models.alert import MessageQuerySet
from monitors.models.lease import is_free

from .bulk import insert_many, update_many

# Renewed while an attempt lasts. It need not be short: a checker that comes back under its name
# frees what it held.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one attempt."""

    message_id: int
    at: datetime
    attempt: Attempt


# Asked once a second for ever: in words of its own, since Django takes 2 ms to find them each time.
_IS_ANYTHING_DUE = """
    SELECT 1 FROM monitors_alert
    WHERE fate = %s AND due_at <= %s AND hold = '' AND channel_id IS NOT NULL
    UNION ALL
    SELECT 1 FROM monitors_message
    WHERE next_try_at <= %s AND channel_id IS NOT NULL
        AND (lease_until IS NULL OR lease_until <= %s OR lease_until > %s)
    LIMIT 1
"""


def is_anything_due(now: datetime) -> bool:
    """Tell, in one query, whether there is anything to decide on or to send."""
    at, beyond = map(connection.ops.adapt_datetimefield_value, (now, now + 2 * LEASE))
    with connection.cursor() as cursor:
        cursor.execute(_IS_ANYTHING_DUE, [Fate.WAITING.value, at, at, at, beyond])
        return cursor.fetchone() is not None


def channels_to_send_to(now: datetime) -> dict[int, datetime]:
    """Give the channels for which messages wait to be sent, and since when the oldest does."""
    due = _due(now).filter(channel__isnull=False).order_by()
    oldest = due.values_list("channel_id").annotate(Min("next_try_at"))
    return {channel_id: since for channel_id, since in oldest if channel_id is not None}


def claim(channel_id: int, holder: int, limit: int, now: datetime) -> list[Message]:
    """Take up to `limit` messages to a channel that are due, the longest overdue first.

    They come with their alerts. On PostgreSQL rows that another has locked are skipped, on SQLite
    the transaction is the only writer.
    """
    with transaction.atomic():
        due = _due(now).filter(channel=channel_id).order_by("next_try_at", "pk")
        taken = due.select_for_update(skip_locked=True, of=("self",))
        ids = list(taken.values_list("pk", flat=True)[:limit])
        Message.objects.filter(pk__among=ids).update(lease_until=now + LEASE, holder=holder)
    found = Message.objects.filter(pk__among=ids).select_related("channel")
    return list(found.prefetch_related("alerts").order_by("next_try_at", "pk"))


def renew(holder: int, ids: Collection[int], now: datetime) -> None:
    """Keep messages whose attempt lasts."""
    _mine(holder).filter(pk__among=ids).update(lease_until=now + LEASE)


def release(holder: int, ids: Collection[int]) -> None:
    """Give back what was not tried."""
    _mine(holder).filter(pk__among=ids).update(lease_until=None)


def release_all(holder: int) -> None:
    """Give back what a program of this name held when it died."""
    _mine(holder).update(lease_until=None)


def note(holder: int, tried: Sequence[Tried], now: datetime) -> None:
    """Write down attempts, and what is to be done next with their messages."""
    with transaction.atomic():
        # In one order, so that two who note at once do not wait for each other.
        locked = Message.objects.select_for_update().order_by("pk")
        messages = locked.in_bulk([one.message_id for one in tried])
        # What was deleted meanwhile needs no note.
        known = [one for one in tried if one.message_id in messages]
        insert_many(
            DeliveryAttempt,
            ("message_id", "at", "delivered", "answer", "took_ms"),
            [
                (
                    one.message_id,
                    one.at,
                    one.attempt.delivered,
                    one.attempt.answer,
                    one.attempt.took_ms,
                )
                for one in known
            ],
        )
        for one in known:
            _apply(messages[one.message_id], one, holder, now)
        rows = [[getattr(message, name) for name in _NOTED] for message in messages.values()]
        update_many(Message, _NOTED[:-1], rows)
        _count(known, messages)
    _disable_what_is_gone(known, messages, now)


# The columns that an attempt changes, and the key.
_NOTED = (
    "attempts",
    "first_tried_at",
    "next_try_at",
    "lease_until",
    "delivered_at",
    "gave_up_at",
    "answer",
    "id",
)


def _apply(message: Message, tried: Tried, holder: int, now: datetime) -> None:
    attempt = tried.attempt
    message.attempts += 1
    message.first_tried_at = message.first_tried_at or tried.at
    if attempt.delivered:
        message.delivered_at = message.delivered_at or tried.at
        message.next_try_at = message.lease_until = message.gave_up_at = None
        message.answer = attempt.answer
    elif message.next_try_at is not None and message.holder == holder:
        # Else it was dropped meanwhile, or is another's now.
        message.answer = attempt.answer
        message.lease_until = None
        message.next_try_at = (
            None if attempt.is_final else next_try(message.first_tried_at, message.attempts, now)
        )
        message.gave_up_at = now if message.next_try_at is None else None


def _count(tried: Sequence[Tried], messages: Mapping[int, Message]) -> None:
    counts = Counter(
        (channel_id, one.attempt.delivered)
        for one in tried
        if (channel_id := messages[one.message_id].channel_id) is not None
    )
    # In one order, as above.
    for (channel_id, delivered), count in sorted(counts.items()):
        column = "deliveries" if delivered else "failures"
        Channel.objects.filter(pk=channel_id).update(**{column: F(column) + count})


def _disable_what_is_gone(
    tried: Sequence[Tried], messages: Mapping[int, Message], now: datetime
) -> None:
    """Disable webhooks whose other side says that it wants no more."""
    gone = {
        channel_id: one.attempt.answer
        for one in tried
        if one.attempt.is_final and (channel_id := messages[one.message_id].channel_id) is not None
    }
    if not gone:
        return
    webhooks = Channel.objects.enabled().filter(pk__in=gone, kind=ChannelKind.WEBHOOK.value)
    for channel in webhooks:
        with transaction.atomic():
            reason = gone[channel.pk][:500]
            Channel.objects.filter(pk=channel.pk).update(enabled=False, disabled_reason=reason)
            drop_channel(channel, f"The channel was disabled: {reason}", now)


def drop_channel(channel: Channel, why: str, now: datetime) -> None:
    """Let all that waits for a channel go, before it is deleted or once it is disabled.

    `why` is the answer that its messages show. What is being sent at this moment may arrive.
    """
    with transaction.atomic():
        # Nobody makes messages of its alerts at the same time.
        Channel.objects.select_for_update(no_key=True).filter(pk=channel.pk).first()
        Alert.objects.waiting().filter(channel=channel).update(fate=Fate.DROPPED.value, hold="")
        Message.objects.waiting().filter(channel=channel).update(
            next_try_at=None, lease_until=None, gave_up_at=now, answer=why
        )


def pull_forward(now: datetime) -> int:
    """Make due what lies further ahead than it could, and give its number.

    Such times were written before the clock was set back.
    """
    from_before = Q(attempts=0) | Q(first_tried_at__gt=now) | Q(next_try_at__gt=now + LONGEST_PAUSE)
    ahead = Message.objects.filter(from_before, next_try_at__gt=now)
    moved = ahead.update(next_try_at=now, lease_until=None)
    # A recovery may wait for as long as the message of its outage.
    written_ahead = Q(created_at__gt=now) | Q(event=Event.UP.value, due_at__gt=now + LONGEST_PAUSE)
    for channel in Channel.objects.all():
        latest = now + timedelta(seconds=channel.group_s + channel.escalate_after_s)
        late = Alert.objects.waiting().filter(written_ahead, channel=channel, due_at__gt=latest)
        moved += late.update(due_at=latest)
    return moved


def _due(now: datetime) -> MessageQuerySet:
    return Message.objects.filter(is_free(now, LEASE), next_try_at__lte=now)


def _mine(holder: int) -> MessageQuerySet:
    # Not those that another has taken since.
    return Message.objects.waiting().filter(holder=holder, lease_until__isnull=False)
