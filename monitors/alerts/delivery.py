"""The loop that tells: it gathers what is due, sends it, and notes what came of it.

Delivery is at least once: what was sent is done only when that has been noted.
"""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitors.actions import gathering, outbox
from monitors.actions.messages import STALE_AFTER
from monitors.actions.outbox import Tried
from monitors.actions.reminders import remind
from monitors.loops.companion import NOBODY, Berth
from monitors.loops.database import AWAY, DATABASE_ERRORS, DatabaseThread, Seldom

from .sending import Parcel, packed, send

logger = logging.getLogger(__name__)

POLL_S = 1.0
# What came of messages that end at about the same time is noted together.
GATHER_S = 0.1
RETRY_AFTER_S = 1.0
# What is held may be so for hours, and there may be very much of it.
LOOK_AT_HELD_EVERY_S = 10.0
RENEW_EVERY_S = 10.0
CLOCK_STEP = timedelta(seconds=1)
FINISH_WITHIN_S = 0.7
# Sent at the same time, altogether and to one channel.
AT_ONCE, TO_A_CHANNEL = 100, 8
# Claimed at the same time: some wait for a place, so that none stands empty until the next claim.
CLAIMED, CLAIMED_FOR_A_CHANNEL = 1_000, 40


async def keep_telling(berth: Berth) -> None:
    """Tell what is due until told to stop, on a database connection of its own."""
    delivery = Delivery(berth)
    try:
        await delivery.run()
    finally:
        await delivery.close()


async def tell_once(for_s: float) -> None:
    """Tell what is due now, for so long at most, where no checker runs that does it."""
    delivery = Delivery(Berth(NOBODY, asyncio.Event(), lambda: None))
    try:
        async with asyncio.timeout(for_s):
            await delivery.until_nothing_is_due()
    except TimeoutError:
        logger.info("Not everything was told within %g s; the next run goes on with it", for_s)
    except DATABASE_ERRORS as error:
        logger.warning("Nothing is told while the database is away: %s", error)
    finally:
        await delivery.close()


@dataclass(slots=True)
class _Sending:
    """A message that is claimed."""

    channel_id: int
    task: "asyncio.Task[None]"
    has_begun: bool = False


@dataclass(slots=True)
class Delivery:
    """Sends messages, many at a time, few to each channel."""

    berth: Berth
    database: DatabaseThread = field(default_factory=DatabaseThread)
    _sending: dict[int, _Sending] = field(default_factory=dict)
    """By the ids of the messages."""
    _tried: list[Tried] = field(default_factory=list)
    """What came of messages, until that is written: also while the database is away."""
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _places_of: dict[int, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(TO_A_CHANNEL))
    )
    _clock_zero: datetime | None = None
    _looked_at_held_s: float = float("-inf")
    _renewed_s: float = field(default_factory=time.monotonic)
    _seldom: Seldom = field(default_factory=lambda: Seldom(logger))

    async def run(self) -> None:
        while not self.berth.stop.is_set():
            try:
                await self._turn()
                self._seldom.is_over()
                pause_s = POLL_S
            except DATABASE_ERRORS as error:
                why = await self.database.explained(error)
                self._seldom.warning("Nothing is told while the database is away: %s", why)
                pause_s = RETRY_AFTER_S
            await self._pause(pause_s)

    async def until_nothing_is_due(self) -> None:
        """Tell what is due now. Raises what a database raises that is away."""
        while await self._turn() or self._sending or self._tried:
            await self._pause(POLL_S)

    async def close(self) -> None:
        """Let what is going out end for a moment, note what came of it, give the rest back."""
        under_way = [one.task for one in self._sending.values() if one.has_begun]
        for one in self._sending.values():
            if not one.has_begun:
                one.task.cancel()
        if under_way:
            await asyncio.wait(under_way, timeout=FINISH_WITHIN_S)
        for one in self._sending.values():
            one.task.cancel()
        try:
            await self._note()
            left = list(self._sending)
            await self.database.run(lambda: outbox.release(self.berth.holder, left))
        except DATABASE_ERRORS as error:
            logger.warning("%d deliveries are not noted: %s", len(self._tried), error)
        with suppress(*DATABASE_ERRORS):
            await self.database.close()

    async def _turn(self) -> int:
        """Note what has ended and begin what is due; give how many messages that is."""
        await self._note()
        await self._renew()
        claimed = Counter(one.channel_id for one in self._sending.values())
        parcels = await self.database.run(lambda: self._take(claimed))
        for parcel in parcels:
            task = asyncio.create_task(self._send(parcel))
            self._sending[parcel.message_id] = _Sending(parcel.channel_id, task)
        return len(parcels)

    async def _send(self, parcel: Parcel) -> None:
        async with self._places_of[parcel.channel_id], self._places:
            self._sending[parcel.message_id].has_begun = True
            at = self.database.clock.now()
            attempt = await send(parcel, at)
        self._tried.append(Tried(parcel.message_id, at, attempt))
        self._ended.set()

    async def _note(self) -> None:
        if tried := list(self._tried):
            await self.database.run(
                lambda: outbox.note(self.berth.holder, tried, self.database.clock.now())
            )
            del self._tried[: len(tried)]
            # Not before: it would be claimed again.
            for one in tried:
                del self._sending[one.message_id]

    async def _renew(self) -> None:
        now_s = time.monotonic()
        if self._sending and now_s - self._renewed_s >= RENEW_EVERY_S:
            self._renewed_s, held = now_s, list(self._sending)
            now = self.database.clock.now()
            await self.database.run(lambda: outbox.renew(self.berth.holder, held, now))

    def _take(self, claimed: Mapping[int, int]) -> list[Parcel]:
        """Gather and claim, in the thread of the database."""
        now = self.database.clock.read()
        self._meet_clock_step(now)
        if time.monotonic() - self._looked_at_held_s >= LOOK_AT_HELD_EVERY_S:
            self._looked_at_held_s = time.monotonic()
            remind(now)
            self._gather(now, with_held=True)
        if not outbox.is_anything_due(now):
            return []
        self._gather(now, with_held=False)
        return self._claim(now, claimed)

    def _meet_clock_step(self, now: datetime) -> None:
        """Notice that the clock was set back, also while nobody ran: nothing would be due."""
        clock = self.database.clock
        if self._clock_zero is None and self.berth.holder != NOBODY:
            # Of a program that had this name and died.
            outbox.release_all(self.berth.holder)
        if self._clock_zero is None or clock.zero < self._clock_zero - CLOCK_STEP:
            moved = outbox.pull_forward(now)
            if moved:
                logger.warning("The clock was set back: %d alerts and messages are due", moved)
        self._clock_zero = clock.zero

    def _gather(self, now: datetime, *, with_held: bool) -> None:
        for channel_id in gathering.channels_to_gather(now, with_held=with_held):
            self._gather_for(channel_id, now, with_held=with_held)

    def _gather_for(self, channel_id: int, now: datetime, *, with_held: bool) -> None:
        try:
            gathering.gather(channel_id, now, with_held=with_held)
        except AWAY:
            raise
        except Exception:
            # What is wrong with one channel must not keep the others.
            self.berth.count()
            logger.exception("Nothing can be gathered for channel %d", channel_id)

    def _claim(self, now: datetime, claimed: Mapping[int, int]) -> list[Parcel]:
        parcels: list[Parcel] = []
        for channel_id, since in outbox.channels_to_send_to(now).items():
            if since <= now - STALE_AFTER:
                self._gather_for(channel_id, now, with_held=False)
            room = CLAIMED - sum(claimed.values()) - len(parcels)
            limit = min(room, CLAIMED_FOR_A_CHANNEL - claimed.get(channel_id, 0))
            if limit > 0:
                taken = outbox.claim(channel_id, self.berth.holder, limit, now)
                parcels += [packed(message, channel_id, now) for message in taken]
        # After an answer that was lost, or a lease that ran out, one may be under way already.
        return [parcel for parcel in parcels if parcel.message_id not in self._sending]

    async def _pause(self, seconds: float) -> None:
        """Wait until something has ended, or the time is up."""
        ends = [
            asyncio.create_task(self._ended.wait()),
            asyncio.create_task(self.berth.stop.wait()),
        ]
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        if self._ended.is_set() and not self.berth.stop.is_set():
            await asyncio.sleep(GATHER_S)
        self._ended.clear()
