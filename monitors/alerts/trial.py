"""Sending a test to a channel, for whoever wants to see the answer now."""

from datetime import datetime

from asgiref.sync import sync_to_async

from monitors.actions import channel_tests
from monitors.domain.alerting import Attempt
from monitors.models import Channel, Message

from .channels import CHANNELS
from .channels.base import BadTarget, Destination, Rendered, destination, failed
from .rendering import render


async def send_test(channel_id: int, now: datetime) -> Attempt:
    """Send a test once, enabled or not, and store what it came to. Raises Channel.DoesNotExist."""
    message = await sync_to_async(_message)(channel_id, now)
    try:
        to, what = await sync_to_async(_ready)(message, now)
    except BadTarget as unreadable:
        attempt = failed(f"not sent: {unreadable}")
    else:
        attempt = await CHANNELS[to.kind].send(to, what)
    await sync_to_async(channel_tests.record)(message, attempt, now)
    return attempt


def _message(channel_id: int, now: datetime) -> Message:
    return channel_tests.new(Channel.objects.get(pk=channel_id), now)


def _ready(message: Message, now: datetime) -> tuple[Destination, Rendered]:
    """Give where to send, and what. Raises BadTarget."""
    if message.channel is None:
        raise BadTarget("The channel is gone.")
    return destination(message.channel, now), render(message, now)
