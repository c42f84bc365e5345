"""The slow loop: what one checker does now and then for all of them."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from monitors.actions import retention, rollups
from monitors.actions.retention import Group
from monitors.models import Chore, HourToRedo

from .database import AWAY, DatabaseThread

logger = logging.getLogger(__name__)

T = TypeVar("T")

EVERY_S = 60.0
LEASE = timedelta(seconds=120)
# Between two pieces of work others get at the database, and at this process.
PAUSE_S = 0.02
RETENTION_EVERY = timedelta(hours=1)
SUMMARIES, RETENTION = "summaries", "retention"


class Housekeeper:
    """Keeps summaries and deletes what is old, on a connection of its own."""

    def __init__(self, database: DatabaseThread) -> None:
        self._database = database

    async def run(self) -> None:
        """Work until cancelled; any piece of work may be broken off."""
        while True:
            try:
                await self.keep_house()
            except AWAY as error:
                logger.warning("No housekeeping while the database is away: %s", error)
            await asyncio.sleep(EVERY_S)

    async def keep_house(self) -> None:
        """Do once what is to be done now."""
        if await self._do(lambda: _take(SUMMARIES, timezone.now())):
            await self._sum_up()
            await self._do(lambda: _leave(SUMMARIES))
        if await self._do(lambda: _take(RETENTION, timezone.now(), RETENTION_EVERY)):
            await self._expire()
            await self._do(lambda: _leave(RETENTION, timezone.now()))

    async def _sum_up(self) -> None:
        groups = await self._do(rollups.groups_of_services)
        while (hour := await self._do(lambda: _next_hour(timezone.now()))) is not None:
            await self._sum_up_hour(hour, groups)
            await self._do(lambda hour=hour: _advance(hour))  # type: ignore[misc]
        for mark in await self._do(lambda: list(HourToRedo.objects.order_by("pk"))):
            await self._sum_up_hour(mark.starts_at, groups)
            # Marks that have come meanwhile stay.
            await self._do(mark.delete)

    async def _sum_up_hour(self, hour: datetime, groups: list[list[int]]) -> None:
        for group in groups:
            await self._do(lambda group=group: rollups.fold(hour, group))  # type: ignore[misc]
            await self._do(lambda: _renew(SUMMARIES, timezone.now()))

    async def _expire(self) -> None:
        now = timezone.now()
        # What has not been summed up yet stays, however old it is.
        summed_up = await self._do(_summed_up_until)
        hours_before = now - timedelta(days=settings.HOURLY_RETENTION_DAYS)
        for group in await self._do(lambda: retention.groups(settings.RETENTION_DAYS)):
            await self._expire_group(group, now, summed_up, hours_before)
            await self._do(lambda: _renew(RETENTION, timezone.now()))
        await self._do(lambda: retention.forget_checkers(now))

    async def _expire_group(
        self, group: Group, now: datetime, summed_up: datetime | None, hours_before: datetime
    ) -> None:
        ids = group.service_ids
        if summed_up is not None:
            before = min(now - group.checks_kept, summed_up)
            await self._until_none(lambda: retention.expire_checks(ids, before))
        await self._until_none(lambda: retention.expire_hours(ids, hours_before))

    async def _until_none(self, delete: Callable[[], int]) -> None:
        while await self._do(delete) >= retention.BATCH:
            await self._do(lambda: _renew(RETENTION, timezone.now()))

    async def _do(self, work: Callable[[], T]) -> T:
        answer = await self._database.run(work)
        await asyncio.sleep(PAUSE_S)
        return answer


def _take(name: str, now: datetime, every: timedelta = timedelta()) -> bool:
    """Take a chore that nobody is at and that is to be done again; tell whether we have it."""
    Chore.objects.get_or_create(name=name)
    free = Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE)
    mine = Chore.objects.filter(free, name=name)
    if every:
        mine = mine.filter(Q(done_until=None) | Q(done_until__lte=now - every))
    return mine.update(lease_until=now + LEASE) == 1


def _renew(name: str, now: datetime) -> None:
    Chore.objects.filter(name=name).update(lease_until=now + LEASE)


def _leave(name: str, done_until: datetime | None = None) -> None:
    chore = Chore.objects.filter(name=name)
    if done_until is None:
        chore.update(lease_until=None)
    else:
        chore.update(lease_until=None, done_until=done_until)


def _summed_up_until() -> datetime | None:
    return Chore.objects.filter(name=SUMMARIES).values_list("done_until", flat=True).first()


def _next_hour(now: datetime) -> datetime | None:
    """Give the first hour that is over and not summed up yet."""
    settled = now - rollups.SETTLES_AFTER
    done_until = _summed_up_until()
    if done_until is not None and done_until + rollups.HOUR > settled:
        return None
    hour = rollups.next_hour_with_checks(done_until)
    return hour if hour is not None and hour + rollups.HOUR <= settled else None


def _advance(hour: datetime) -> None:
    Chore.objects.filter(name=SUMMARIES).update(done_until=hour + rollups.HOUR)
