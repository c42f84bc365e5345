"""Collects results and records them in batches."""

import asyncio
import logging
import time
from contextlib import suppress
from datetime import datetime

from monitors.actions import due_checks
from monitors.actions.results import DueTime, Finding, record
from monitors.actions.trial import record_good_results
from monitors.domain.reasons import Failure, Fault
from monitors.domain.result import CheckResult
from monitors.domain.verdict import not_judged
from monitors.loops.database import DatabaseThread, Seldom, explained

from .canaries import Canaries
from .gauges import Gauges

logger = logging.getLogger(__name__)

BATCH_SIZE = 500
MUCH_WAITING = 5_000
RETRY_AFTER_S = 1.0
GATHER_S = 1.0
HURRIED_GATHER_S = 0.2
# A result alone is tried so often, with a good one recorded in between, before it is given up:
# deadlocks and broken connections do not last.
TRIES = 3


class Unfit(Exception):  # noqa: N818 - reads as what it is at every raise
    """The database takes no results at all, in one sentence why."""


class Recorder:
    """Results are written at least once: a batch is kept until its commit is known.

    Where the answer to a commit is lost, the batch is written again, and finds its due times
    answered: so nothing is in the log twice.

    What a database raises does not tell whose fault it is: a full disk, tables of another version
    and one result that breaks a rule may look the same. So when a batch fails, results that are
    known to be good are recorded on trial. If that fails too, it is the database: the batch waits,
    and cannot outgrow the checks in flight, since no more are claimed until it is written. If not,
    it is one of the results: it is looked for, and set aside, and the others are written.
    """

    def __init__(
        self,
        database: DatabaseThread,
        gauges: Gauges,
        gather_s: float = GATHER_S,
        canaries: Canaries | None = None,
    ) -> None:
        self._database = database
        self._gauges = gauges
        self._gather_s = gather_s
        self._canaries = canaries
        self._found: list[Finding] = []
        """What has not been held against the canaries yet."""
        self._waiting: list[Finding] = []
        self._suspects: set[int] = set()
        self._arrived = asyncio.Event()
        self._closing = asyncio.Event()
        self._failed = False
        self._seldom = Seldom(logger)
        self.is_hurried = False
        """Whether some services are due again so soon that their results cannot wait for others."""

    def put(self, finding: Finding) -> None:
        (self._waiting if self._canaries is None else self._found).append(finding)
        self._arrived.set()

    @property
    def waiting(self) -> int:
        """How many results are not written yet."""
        return len(self._found) + len(self._waiting)

    @property
    def is_behind(self) -> bool:
        """Whether writing fails, or is slower than checking."""
        return self._failed or self.waiting > MUCH_WAITING

    def held(self) -> list[DueTime]:
        """Give the due times that are answered by what is not written yet."""
        unwritten = (*self._waiting, *self._found)
        return [finding.due for finding in unwritten if finding.due is not None]

    async def run(self) -> None:
        """Write until closed, and then what is left."""
        while not self._closing.is_set() or self.waiting:
            await self._arrived.wait()
            await self._gather()
            self._arrived.clear()
            await self._sift()
            while self._waiting:
                await self._write_batch()

    def close(self) -> None:
        """Let `run` end once everything is written."""
        self._closing.set()
        if self._canaries is not None:
            self._canaries.stopping.set()
        self._arrived.set()

    async def _sift(self) -> None:
        """Let results pass by the canaries; what comes meanwhile does so the next time."""
        if self._canaries is None or not self._found:
            return
        found = tuple(self._found)
        try:
            sifted = await self._canaries.sifted(found)
        except Exception:
            # Whatever it is, what was found is written.
            self._gauges.erred()
            logger.exception("Canaries could not be asked")
            sifted = list(found)
        self._waiting += sifted
        del self._found[: len(found)]

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
            for part in self._parts(batch):
                await self._write(part)
        except Unfit as unfit:
            self._failed = True
            self._gauges.troubles["recorder"] = str(unfit)
            self._seldom.warning("%d results wait for the database: %s", len(self._waiting), unfit)
            await asyncio.sleep(RETRY_AFTER_S)
        else:
            del self._waiting[: len(batch)]
            # All that has gathered is written before more is claimed.
            self._failed = self._failed and bool(self._waiting)
            self._gauges.troubles.pop("recorder", None)
            self._seldom.is_over()
        self._gauges.wrote(time.monotonic() - began)

    def _parts(self, batch: list[Finding]) -> list[list[Finding]]:
        """Keep what was set aside lately apart, so that the others need no search for it."""
        if not self._suspects:
            return [batch]
        suspects = [finding for finding in batch if finding.service_id in self._suspects]
        others = [finding for finding in batch if finding.service_id not in self._suspects]
        return [part for part in (others, *([suspect] for suspect in suspects)) if part]

    async def _write(self, batch: list[Finding], tries: int = TRIES) -> None:
        """Write a batch but for what the database refuses of it. Raises Unfit."""
        try:
            await self._database.run(lambda: record(batch, self._now()))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not stop the others
            await self._database.run(lambda: _prove(self._now()))
            if len(batch) > 1:
                middle = len(batch) // 2
                await self._write(batch[:middle])
                await self._write(batch[middle:])
            elif tries > 1:
                await self._write(batch, tries - 1)
            else:
                await self._set_aside(batch[0], error)
        else:
            self._suspects.difference_update(finding.service_id for finding in batch)

    async def _set_aside(self, finding: Finding, error: Exception) -> None:
        """Give a result up, and let its service keep its beat."""
        self._gauges.set_aside += 1
        if finding.service_id not in self._suspects:
            self._suspects.add(finding.service_id)
            logger.error(
                "A result of service %d cannot be stored and is set aside, and so are those that"
                " follow until one can be",
                finding.service_id,
                exc_info=error,
            )
        with suppress(Exception):
            # In its place, where at least that can be stored.
            stand_in = Finding(finding.service_id, _stand_in(finding.result, error))
            await self._database.run(lambda: record([stand_in], self._now()))
        try:
            await self._pass_over(finding.due)
        except Exception:
            # Then its lease runs out, and it is checked again.
            logger.exception("The due time of service %d cannot be moved", finding.service_id)

    async def _pass_over(self, due: DueTime | None) -> None:
        if due is not None:
            now = self._now()
            await self._database.run(
                lambda: due_checks.pass_over(due.service_id, due.location, due.at, now)
            )

    def _now(self) -> datetime:
        return self._database.clock.now()


def _stand_in(result: CheckResult, error: Exception) -> CheckResult:
    """Say in the log that there was a check, and why it is not there."""
    failure = Failure(Fault.NOT_STORED, {"detail": type(error).__name__})
    return not_judged(failure, result.checked_at, result.loop_lag_ms)


def _prove(now: datetime) -> None:
    """Raise Unfit unless the database takes results that are known to be good."""
    try:
        record_good_results(now)
    except Exception as error:
        raise Unfit(explained(error)) from error
