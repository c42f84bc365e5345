"""Sends one message: what can be looked up is, in the database's thread, then it goes out."""

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime

from monitors.domain.alerting import Attempt, ChannelKind
from monitors.models import Message

from .channels import CHANNELS
from .channels.base import BadTarget, Destination, Rendered, destination
from .rendering import render

logger = logging.getLogger(__name__)

# Each kind has bounds of its own; this one is for what nobody thought of.
SEND_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that is ready to go, or the attempt that it cannot even begin."""

    message_id: int
    channel_id: int
    what: tuple[Destination, Rendered] | Attempt


def packed(message: Message, channel_id: int, now: datetime) -> Parcel:
    """Make a message ready, in the thread of the database."""
    if message.channel is None:
        return Parcel(message.pk, channel_id, _failed("the channel was deleted"))
    try:
        to = destination(message.channel, now)
        return Parcel(message.pk, channel_id, (to, render(message, now)))
    except BadTarget as bad:
        return Parcel(message.pk, channel_id, _failed(str(bad)))
    except Exception as error:
        # One that cannot be put into words must not keep the others.
        logger.exception("Message %s cannot be written", message.event_id)
        return Parcel(message.pk, channel_id, _failed(f"internal error: {type(error).__name__}"))


async def send(parcel: Parcel, now: datetime) -> Attempt:
    """Try once, within a bound. Never raises but for being cancelled."""
    if isinstance(parcel.what, Attempt):
        return parcel.what
    to, what = parcel.what
    began_s = time.monotonic()
    try:
        async with asyncio.timeout(SEND_WITHIN_S):
            # It may have waited for its turn, and a signature is good for a few minutes only.
            return await CHANNELS[ChannelKind(to.kind)].send(to, replace(what, timestamp=now))
    except TimeoutError:
        answer = f"no end within {SEND_WITHIN_S:g} s"
    except Exception as error:
        logger.exception("Message %s could not be sent", what.event_id)
        answer = f"internal error: {type(error).__name__}"
    return _failed(answer, (time.monotonic() - began_s) * 1_000)


def _failed(answer: str, took_ms: float = 0.0) -> Attempt:
    return Attempt(delivered=False, answer=answer, took_ms=took_ms)
