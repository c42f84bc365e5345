"""Collects results and records them in batches."""

import asyncio
import logging
import time

from django.utils import timezone

from monitors.actions.results import DueTime, Finding, record

from .database import AWAY, DatabaseThread
from .gauges import Gauges

logger = logging.getLogger(__name__)

BATCH_SIZE = 500
MUCH_WAITING = 5_000
RETRY_AFTER_S = 1.0
GATHER_S = 1.0
HURRIED_GATHER_S = 0.2


class Recorder:
    """Results are written at least once: a batch is kept until its commit is known.

    Where the answer to a commit is lost, the batch is written again, and finds its due times
    answered: so nothing is in the log twice. While the database is away the batch waits; it
    cannot outgrow the checks in flight, since no more are claimed until it is written.
    """

    def __init__(
        self, database: DatabaseThread, gauges: Gauges, gather_s: float = GATHER_S
    ) -> None:
        self._database = database
        self._gauges = gauges
        self._gather_s = gather_s
        self._waiting: list[Finding] = []
        self._arrived = asyncio.Event()
        self._closing = asyncio.Event()
        self._failed = False
        self.is_hurried = False
        """Whether some services are due again so soon that their results cannot wait for others."""

    def put(self, finding: Finding) -> None:
        self._waiting.append(finding)
        self._arrived.set()

    @property
    def waiting(self) -> int:
        """How many results are not written yet."""
        return len(self._waiting)

    @property
    def is_behind(self) -> bool:
        """Whether writing fails, or is slower than checking."""
        return self._failed or len(self._waiting) > MUCH_WAITING

    def held(self) -> list[DueTime]:
        """Give the due times that are answered by what is not written yet."""
        return [finding.due for finding in self._waiting if finding.due is not None]

    async def run(self) -> None:
        """Write until closed, and then what is left."""
        while not self._closing.is_set() or self._waiting:
            await self._arrived.wait()
            await self._gather()
            self._arrived.clear()
            while self._waiting:
                await self._write_batch()

    def close(self) -> None:
        """Let `run` end once everything is written."""
        self._closing.set()
        self._arrived.set()

    async def _gather(self) -> None:
        gather_s = min(self._gather_s, HURRIED_GATHER_S) if self.is_hurried else self._gather_s
        try:
            await asyncio.wait_for(self._closing.wait(), gather_s)
        except TimeoutError:
            return

    async def _write_batch(self) -> None:
        batch = self._waiting[:BATCH_SIZE]
        began = time.monotonic()
        try:
            await self._write(batch)
        except AWAY as error:
            self._failed = True
            logger.warning("%d results wait for the database: %s", len(self._waiting), error)
            await asyncio.sleep(RETRY_AFTER_S)
        else:
            del self._waiting[: len(batch)]
            # All that has gathered is written before more is claimed.
            self._failed = self._failed and bool(self._waiting)
        self._gauges.wrote(time.monotonic() - began)

    async def _write(self, batch: list[Finding]) -> None:
        """Write a batch; where the database refuses one of its results, write the others."""
        try:
            await self._database.run(lambda: record(batch, timezone.now()))
        except AWAY:
            raise
        except Exception:
            if len(batch) == 1:
                logger.exception("A result of service %d cannot be stored", batch[0].service_id)
                return
            middle = len(batch) // 2
            await self._write(batch[:middle])
            await self._write(batch[middle:])
