"""The loop: claim what is due, observe, judge, hand over to the recorder."""

import asyncio
import logging
from dataclasses import replace

from django.utils import timezone

from monitors.actions.results import Finding
from monitors.domain.verdict import judge
from monitors.probes import observe

from . import claims
from .claims import Claim
from .database import AWAY, DatabaseThread
from .limits import limits
from .recorder import Recorder
from .watch import LoopWatch

logger = logging.getLogger(__name__)

POLL_S = 0.25
RETRY_AFTER_S = 1.0
FINISH_WITHIN_S = 0.7


class Checker:
    """Checks services as they fall due, many at a time, until told to stop."""

    def __init__(
        self,
        database: DatabaseThread,
        recorder: Recorder,
        watch: LoopWatch,
        concurrency: int = 1_000,
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._watch = watch
        self._concurrency = concurrency
        self._in_flight: dict[asyncio.Task[None], Claim] = {}

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            pause_s = await self._start_due()
            await _wait(stop, pause_s)
        await self._finish()

    async def _start_due(self) -> float:
        """Start what is due and give the seconds to wait before looking again."""
        free = self._concurrency - len(self._in_flight)
        if free <= 0:
            return POLL_S
        try:
            claimed = await self._database.run(lambda: claims.take(free, timezone.now()))
        except AWAY as error:
            logger.warning("No checks are started while the database is away: %s", error)
            return RETRY_AFTER_S
        for claim in claimed:
            task = asyncio.create_task(self._check(claim))
            self._in_flight[task] = claim
            task.add_done_callback(self._forget)
        return POLL_S

    async def _check(self, claim: Claim) -> None:
        lag_before_ms = self._watch.lag_ms
        seen = await observe(claim.spec, limits())
        seen = replace(seen, loop_lag_ms=self._watch.lag_ms - lag_before_ms)
        result = judge(claim.spec, seen)
        self._recorder.put(Finding(claim.service_id, result, scheduled=True))

    def _forget(self, task: asyncio.Task[None]) -> None:
        claim = self._in_flight.pop(task)
        if not task.cancelled() and (error := task.exception()):
            # The lease runs out and the service is checked again.
            logger.error("The check of service %d failed", claim.service_id, exc_info=error)

    async def _finish(self) -> None:
        """Let checks in flight end for a moment, then give the others back."""
        if not self._in_flight:
            return
        await asyncio.wait(self._in_flight, timeout=FINISH_WITHIN_S)
        unfinished = dict(self._in_flight)
        for task in unfinished:
            task.cancel()
        ids = [claim.service_id for claim in unfinished.values()]
        try:
            await self._database.run(lambda: claims.release(ids))
        except AWAY as error:
            logger.warning("%d claims are left to run out: %s", len(ids), error)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
