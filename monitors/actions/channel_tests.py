"""What a person's "Send a test" leaves in the outbox: a message that is done."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from monitors.domain.alerting import TEST, Attempt
from monitors.models import Channel, DeliveryAttempt, Message


def new(channel: Channel, now: datetime) -> Message:
    """Give the message of a test; it is stored with its attempt."""
    return Message(
        channel=channel,
        channel_name=channel.name,
        event=TEST,
        event_id=f"msg_{uuid4().hex}",
        created_at=now,
        first_tried_at=now,
    )


@transaction.atomic
def record(message: Message, attempt: Attempt, now: datetime) -> None:
    """Store a test with what it came to: it is not tried again."""
    message.attempts = 1
    message.answer = attempt.answer
    message.delivered_at = now if attempt.delivered else None
    message.gave_up_at = None if attempt.delivered else now
    # The channel may have been deleted meanwhile; what was said to it is told all the same.
    message.channel = Channel.objects.filter(pk=message.channel_id or 0).first()
    message.save(force_insert=True)
    DeliveryAttempt.objects.create(
        message=message,
        at=message.created_at,
        delivered=attempt.delivered,
        answer=attempt.answer,
        took_ms=attempt.took_ms,
    )
