"""The loop: claim what is due, observe, judge, hand over to the recorder."""

import asyncio
import logging
import math
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitors.actions.results import DueTime, Finding
from monitors.domain.reasons import Failure, Fault
from monitors.domain.result import CheckResult
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import not_judged
from monitors.loops.database import DATABASE_ERRORS, DatabaseThread, Seldom
from monitors.probes import observe

from .claims import RENEW_EVERY_S, Claim, Claimer, pull_forward
from .gauges import Gauges
from .host_cap import HostCap
from .judging import judged
from .limits import limits
from .recorder import Recorder
from .watch import LoopWatch

logger = logging.getLogger(__name__)

POLL_S = 1.0
# Where a service is due again sooner than a poll and a batch take, both come more often.
HURRIED_INTERVAL_S = 3
HURRIED_POLL_S = 0.25
HURRY_LASTS_S = 5.0
# A claim reaches past the next poll, and each check waits for its own moment: so it begins on time.
AHEAD = timedelta(seconds=1.3)
# Checks that begin together share the wake-ups of the loop: alone, each costs three times as much.
# Where few are due, it takes longer ticks to bring some together.
TICK_S, LONG_TICK_S = 0.05, 0.1
FEW = 500
RETRY_AFTER_S = 1.0
CLOCK_STEP = timedelta(seconds=1)
FINISH_WITHIN_S = 0.7
# Beyond those in flight, so many may wait for their moment, or for a place. Room for few is not
# worth a claim: under load there would be nothing but small ones.
ROOM_AHEAD = 3_000
MOST_AT_ONCE, FEWEST_AT_ONCE = 1_000, 250
MAX_WAITING = 10_000


@dataclass(slots=True)
class Checker:
    """Checks services as they fall due, many at a time, until told to stop."""

    database: DatabaseThread
    claimer: Claimer
    recorder: Recorder
    watch: LoopWatch
    gauges: Gauges
    concurrency: int
    hosts: HostCap
    location: str = ""
    _slots: asyncio.Semaphore = field(init=False)
    _held: set[DueTime] = field(default_factory=set)
    _tasks: dict[asyncio.Task[None], Claim] = field(default_factory=dict)
    _renewed_s: float = field(default_factory=time.monotonic)
    _clock_zero: datetime | None = None
    _hurried_until_s: float = 0.0
    _seldom: Seldom = field(default_factory=lambda: Seldom(logger))

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.concurrency)

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await _wait(stop, await self._turn())
        await self._finish()

    async def _turn(self) -> float:
        """Start what is due; give for how many seconds to wait until the next time."""
        began = time.monotonic()
        try:
            more = await self._start_due()
        except DATABASE_ERRORS as error:
            await self._complain(error)
            return RETRY_AFTER_S
        except Exception:
            # Whatever it is, those that can be checked are.
            self.gauges.erred()
            logger.exception("No checks could be started; the checker tries again")
            return RETRY_AFTER_S
        self._is_well()
        self.recorder.is_hurried = began < self._hurried_until_s
        poll_s = HURRIED_POLL_S if self.recorder.is_hurried else POLL_S
        return 0.0 if more else max(0.0, poll_s - (time.monotonic() - began))

    def _is_well(self) -> None:
        self._seldom.is_over()
        self.gauges.troubles.pop("checker", None)

    async def _complain(self, error: Exception) -> None:
        why = await self.database.explained(error)
        self.gauges.troubles["checker"] = why
        self._seldom.warning("No checks are started while the database is away: %s", why)

    async def _start_due(self) -> bool:
        """Start what is due, as far as there is room; tell whether there may be more to take."""
        await self._meet_clock_step()
        await self._renew()
        waiting = self.hosts.waiting
        room = self.concurrency + ROOM_AHEAD - len(self._held)
        limit = min(room + waiting, MAX_WAITING - waiting, MOST_AT_ONCE)
        # Before results that wait for the database are in, their services would be taken again.
        if limit < FEWEST_AT_ONCE or self.recorder.is_behind:
            return False
        taken = await self.database.run(lambda: self._take(limit))
        if any(claim.interval_s < HURRIED_INTERVAL_S for claim in taken):
            self._hurried_until_s = time.monotonic() + HURRY_LASTS_S
        # Leases run out early where the clock is set forward: what is answered is not asked again.
        begun = self._held.union(self.recorder.held())
        for claim in taken:
            # Where very many wait for one host, its leases run out: others get their turn first.
            if claim.due not in begun and not self.hosts.is_full(claim.host):
                self._held.add(claim.due)
                task = asyncio.create_task(self._check(claim))
                self._tasks[task] = claim
                task.add_done_callback(self._forget)
        return len(taken) == limit

    def _take(self, limit: int) -> list[Claim]:
        # Now, not when it was asked for: other work of the database may have come before.
        now = self.database.clock.read()
        return self.claimer.take(limit, now + AHEAD, now)

    async def _check(self, claim: Claim) -> None:
        early = claim.due.at - self.database.clock.now()
        if early > timedelta(0):
            # Where the clock is set back between claim and check, no longer than a claim reaches.
            tick_s = LONG_TICK_S if len(self._held) < FEW else TICK_S
            await _sleep_until_tick_after(min(early, AHEAD).total_seconds(), tick_s)
        result = self.database.clock.translated(await self._found(claim))
        self.gauges.checked(late_s=(result.checked_at - claim.due.at).total_seconds())
        self.recorder.put(Finding(claim.due.service_id, result, claim.due, self.location))

    async def _found(self, claim: Claim) -> CheckResult:
        if isinstance(claim.spec, Failure):
            return not_judged(claim.spec, datetime.now(UTC))
        try:
            return await self._observe(claim, claim.spec)
        except Exception as error:
            logger.exception("The check of service %d failed", claim.due.service_id)
            failure = Failure(Fault.INTERNAL, {"detail": type(error).__name__})
            return not_judged(failure, datetime.now(UTC))

    async def _observe(self, claim: Claim, spec: CheckSpec) -> CheckResult:
        async with self.hosts.slot(claim.host), self._slots:
            with self.watch:
                seen = await observe(spec, limits(), self.watch.lag_ms)
        return await judged(spec, seen)

    def stands_at(self, loop: asyncio.AbstractEventLoop) -> Claim | None:
        """Give the check that the loop is busy with at this moment; for another thread to ask."""
        task = asyncio.current_task(loop)
        return self._tasks.get(task) if task is not None else None

    def _forget(self, task: asyncio.Task[None]) -> None:
        claim = self._tasks.pop(task)
        self._held.discard(claim.due)
        if not task.cancelled() and (error := task.exception()):
            # The lease runs out and the service is checked again.
            logger.error("The check of service %d failed", claim.due.service_id, exc_info=error)

    async def _meet_clock_step(self) -> None:
        """Notice that the clock was set back, also while nobody ran: nothing would be due."""
        clock = self.database.clock
        if self._clock_zero is None or clock.zero < self._clock_zero - CLOCK_STEP:
            moved = await self.database.run(lambda: pull_forward(clock.now()))
            if moved:
                logger.warning("The clock was set back: %d checks are due at once", moved)
        self._clock_zero = clock.zero

    async def _renew(self) -> None:
        now_s = time.monotonic()
        if now_s - self._renewed_s < RENEW_EVERY_S:
            return
        self._renewed_s = now_s
        held = [*self._held, *self.recorder.held()]
        if held:
            await self.database.run(lambda: self.claimer.renew(held, self.database.clock.now()))

    async def _finish(self) -> None:
        """Let checks in flight end for a moment, then give the others back."""
        tasks, now = dict(self._tasks), self.database.clock.now()
        if not tasks:
            return
        # Those whose moment has not come have not begun.
        in_flight = [task for task, claim in tasks.items() if claim.due.at <= now]
        for task in tasks.keys() - set(in_flight):
            task.cancel()
        if in_flight:
            await asyncio.wait(in_flight, timeout=FINISH_WITHIN_S)
        unfinished = [task for task in tasks if not task.done() or task.cancelled()]
        for task in unfinished:
            task.cancel()
        held = [tasks[task].due for task in unfinished]
        try:
            await self.database.run(lambda: self.claimer.release(held))
        except DATABASE_ERRORS as error:
            logger.warning("%d claims are left to run out: %s", len(held), error)


async def _sleep_until_tick_after(seconds: float, tick_s: float) -> None:
    loop = asyncio.get_running_loop()
    tick = math.ceil((loop.time() + seconds) / tick_s) * tick_s
    await asyncio.sleep(tick - loop.time())


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
