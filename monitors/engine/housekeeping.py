"""The slow loop: what one checker does now and then for all of them."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import Max, Q

from monitors.actions import (
    certificate_warnings,
    flapping,
    occurrences,
    report_schedules,
    retention,
    rollups,
    undo,
)
from monitors.actions.retention import Group
from monitors.loops.database import DATABASE_ERRORS, DatabaseThread
from monitors.models import Chore, HourToRedo

from .chores import Chores

logger = logging.getLogger(__name__)

T = TypeVar("T")

EVERY_S = 60.0
# Between two pieces of work others get at the database, and at this process.
PAUSE_S = 0.02
RETENTION_EVERY = timedelta(hours=1)
MAINTENANCE_EVERY = timedelta(hours=1)
CERTIFICATES_EVERY = timedelta(minutes=10)
SUMMARIES, LEFT_LOGS, RETENTION = "summaries", "left logs", "retention"
MAINTENANCE, CERTIFICATES = "maintenance", "certificates"


class OutOfTime(Exception):  # noqa: N818 - reads as what it is at every raise
    """The work is broken off; whoever comes next goes on with it."""


class Housekeeper:
    """Keeps summaries and deletes what is old, on a connection of its own.

    `is_time_up` tells when to break off, where somebody waits for it; `holder` is the id of the
    checker that it is part of.
    """

    def __init__(
        self,
        database: DatabaseThread,
        is_time_up: Callable[[], bool] = lambda: False,
        *,
        holder: int | None = None,
    ) -> None:
        self._database = database
        self._chores = Chores(holder)
        self._clock = database.clock
        self._is_time_up = is_time_up

    async def run(self) -> None:
        """Work until cancelled; any piece of work may be broken off."""
        while True:
            try:
                await self.keep_house()
            except DATABASE_ERRORS as error:
                logger.warning("No housekeeping while the database is away: %s", error)
            await asyncio.sleep(EVERY_S)

    async def keep_house(self) -> None:
        """Do once what is to be done now. Raises OutOfTime."""
        await self._do(self._clock.read)
        await self._keep_maintenance()
        await self._do(lambda: flapping.calm_down(self._clock.now()))
        await self._warn_of_certificates()
        while await self._do(lambda: report_schedules.send_next_due(self._clock.now())):
            pass
        if await self._do(lambda: self._chores.take(SUMMARIES, self._clock.now())):
            async with self._in_time(SUMMARIES):
                await self._sum_up()
            await self._do(lambda: self._chores.leave(SUMMARIES))
        if await self._do(lambda: self._chores.take(RETENTION, self._clock.now(), RETENTION_EVERY)):
            async with self._in_time(RETENTION):
                await self._expire()
            await self._do(lambda: self._chores.leave(RETENTION, self._clock.now()))
        # Last: it may take hours, and what is old must not wait for it.
        if await self._do(lambda: retention.logs_to_delete(self._clock.now()).exists()):
            await self._delete_left_logs()

    @asynccontextmanager
    async def _in_time(self, chore: str) -> AsyncIterator[None]:
        """Free a chore that is broken off, so that nobody waits for its lease to run out."""
        try:
            yield
        except OutOfTime:
            await self._database.run(lambda: self._chores.leave(chore))
            raise

    async def _keep_maintenance(self) -> None:
        """Plan maintenance ahead, and do what a loop does sooner where one runs."""
        while await self._do(lambda: _follow_up(self._clock.now())):
            pass
        due = MAINTENANCE_EVERY
        if await self._do(lambda: self._chores.take(MAINTENANCE, self._clock.now(), due)):
            async with self._in_time(MAINTENANCE):
                await self._plan_maintenance()
            await self._do(lambda: self._chores.leave(MAINTENANCE, self._clock.now()))

    async def _warn_of_certificates(self) -> None:
        due = CERTIFICATES_EVERY
        if await self._do(lambda: self._chores.take(CERTIFICATES, self._clock.now(), due)):
            async with self._in_time(CERTIFICATES):
                found: int | None = 0
                while found is not None:
                    found = await self._do(lambda after=found: self._warn_next(after))  # type: ignore[misc]
            await self._do(lambda: self._chores.leave(CERTIFICATES, self._clock.now()))

    def _warn_next(self, after_id: int) -> int | None:
        self._chores.renew(CERTIFICATES, self._clock.now())
        days = settings.CERTIFICATE_WARN_DAYS
        return certificate_warnings.warn_next(after_id, days, self._clock.now())

    async def _plan_maintenance(self) -> None:
        found: int | None = 0
        while found is not None:
            found = await self._do(lambda after=found: self._plan_next(after))  # type: ignore[misc]

    def _plan_next(self, after_id: int) -> int | None:
        self._chores.renew(MAINTENANCE, self._clock.now())
        return occurrences.plan_next(after_id, self._clock.now())

    async def _sum_up(self) -> None:
        await self._do(lambda: _meet_clock_step(self._clock.now()))
        while (hour := await self._do(lambda: _next_hour(self._clock.now()))) is not None:
            await self._sum_up_hour(hour)
            await self._do(lambda hour=hour: _advance(hour))  # type: ignore[misc]
        for hour, newest_mark in await self._do(_hours_to_redo):
            await self._sum_up_hour(hour, again=True)
            # Marks that have come meanwhile stay.
            marks = HourToRedo.objects.filter(starts_at=hour, pk__lte=newest_mark)
            await self._do(marks.delete)

    async def _sum_up_hour(self, hour: datetime, *, again: bool = False) -> None:
        groups = await self._do(lambda: retention.groups(settings.RETENTION_DAYS))
        for group in groups:
            # Where part of the hour has expired, what was summed up before it did is the whole.
            if not again or hour > self._clock.now() - group.checks_kept:
                ids = group.service_ids
                await self._do(lambda ids=ids: rollups.fold(hour, ids))  # type: ignore[misc]
            await self._do(lambda: self._chores.renew(SUMMARIES, self._clock.now()))

    async def _delete_left_logs(self) -> None:
        if await self._do(lambda: self._chores.take(LEFT_LOGS, self._clock.now())):
            async with self._in_time(LEFT_LOGS):
                await self._do(lambda: undo.forget_deleted(self._clock.now()))
                while await self._do(lambda: retention.delete_left_log(self._clock.now())):
                    await self._do(lambda: self._chores.renew(LEFT_LOGS, self._clock.now()))
            await self._do(lambda: self._chores.leave(LEFT_LOGS))

    async def _expire(self) -> None:
        now = self._clock.now()
        # What has not been summed up yet stays, however old it is.
        summed_up = await self._do(_summed_up_until)
        # Whole days that are over: a day is summed up from its hours.
        hours_kept = timedelta(days=settings.HOURLY_RETENTION_DAYS)
        hours_before = rollups.day_of(min(now - hours_kept, summed_up or now))
        for group in await self._do(lambda: retention.groups(settings.RETENTION_DAYS)):
            await self._expire_group(group, now, summed_up, hours_before)
            await self._do(lambda: self._chores.renew(RETENTION, self._clock.now()))
        alerts_before = now - timedelta(days=settings.ALERT_RETENTION_DAYS)
        await self._until_none(lambda: retention.expire_alerts(alerts_before))
        await self._until_none(lambda: retention.expire_messages(alerts_before))
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
            await self._do(lambda: self._chores.renew(RETENTION, self._clock.now()))

    async def _do(self, work: Callable[[], T]) -> T:
        if self._is_time_up():
            raise OutOfTime
        answer = await self._database.run(work)
        await asyncio.sleep(PAUSE_S)
        return answer


async def keep_house_once(for_s: float) -> None:
    """Do what is to be done now, for so long at most, where no checker runs that does it."""
    database, until_s = DatabaseThread(), time.monotonic() + for_s
    try:
        await Housekeeper(database, lambda: time.monotonic() > until_s).keep_house()
    except OutOfTime:
        logger.info("Housekeeping was broken off after %g s; the next run goes on with it", for_s)
    except DATABASE_ERRORS as error:
        logger.warning("No housekeeping while the database is away: %s", error)
    finally:
        await database.close()


def _follow_up(now: datetime) -> bool:
    """Follow up what has ended first; where there is nothing, see to what was missed."""
    if occurrences.follow_up_next(now):
        return True
    occurrences.open_what_was_missed(now)
    return False


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
    """Note that an hour is done. One that lost its lease long ago takes nothing back."""
    behind = Q(done_until=None) | Q(done_until__lt=hour + rollups.HOUR)
    Chore.objects.filter(behind, name=SUMMARIES).update(done_until=hour + rollups.HOUR)


def _meet_clock_step(now: datetime) -> None:
    """Begin again with the present hour where hours ahead have been summed up by a wrong clock."""
    ahead = Chore.objects.filter(name=SUMMARIES, done_until__gt=now)
    ahead.update(done_until=rollups.hour_of(now))


def _hours_to_redo() -> list[tuple[datetime, int]]:
    """Give each hour that is marked, with the id of its newest mark."""
    marks = HourToRedo.objects.order_by("starts_at").values_list("starts_at")
    return list(marks.annotate(newest=Max("pk")))
