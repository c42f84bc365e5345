"""Probe, judge and record at once: the short way round, for a button or an API call.

Such a check holds a thread of the web server for as long as its target takes. So only a few run at
a time in a process; whoever comes then is told so, or handed to a checker.
"""

import asyncio
import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError
from django.utils import timezone

from monitors.actions import due_checks
from monitors.actions.results import Finding, record
from monitors.domain.reasons import Failure, Fault
from monitors.domain.result import CheckResult
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import not_judged
from monitors.loops.clock import DatabaseClock
from monitors.loops.database import AWAY
from monitors.models import Service, ServiceStatus
from monitors.probes import observe
from monitors.queries.checkers import checkers

from .canaries import sifted_alone
from .judging import judged
from .limits import limits
from .settings_of import read_spec
from .watch import LoopWatch, watched

logger = logging.getLogger(__name__)

# Of the threads of a web process, so many may wait for targets: half of those in gunicorn.conf.py.
AT_ONCE = 4
_places = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):  # noqa: N818 - reads as what it is at every raise
    """So many checks are under way on request that this one was not begun."""

    def __str__(self) -> str:
        return "Many checks are under way on request; try again in a few seconds."


class NotStored(OperationalError):  # noqa: N818 - reads as what it is at every raise
    """Checks were made, but the database did not take what they found."""

    def __init__(self, found: Sequence[CheckResult]) -> None:
        super().__init__(found)
        self.found = found

    def __str__(self) -> str:
        told = "; ".join(f"{result.status}, {result.message}" for result in self.found[:3])
        return (
            f"Checked ({told}), but the result could not be stored: "
            "the database is locked or away. Try again in a few seconds."
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """A service, and what a check of it found."""

    service: Service
    result: CheckResult
    row: ServiceStatus | None
    """Its line in the log; None when the service was deleted meanwhile, and for what was due."""


async def check_few(services: Sequence[Service]) -> list[Checked]:
    """Check a few services side by side, and store what was found. Raises Busy and NotStored."""
    with place():
        async with watched() as watch:
            specs = [read_spec(service) for service in services]
            found = await asyncio.gather(*(find(spec, watch) for spec in specs))
        return await store(list(zip(services, found, strict=True)))


async def check_one(service: Service) -> Checked:
    """Check one service now and store what was found. Raises Busy and NotStored."""
    (checked,) = await check_few([service])
    return checked


check_few_sync = async_to_sync(check_few)
check_one_sync = async_to_sync(check_one)


async def try_out(spec: CheckSpec) -> CheckResult:
    """Check an address and store nothing. Raises Busy."""
    with place():
        async with watched() as watch:
            return await find(spec, watch)


try_out_sync = async_to_sync(try_out)


def ask_checkers(service_ids: Collection[int], now: datetime) -> int:
    """Have the checkers check services next; give how many services they will see to."""
    if not any(row.is_running for row in checkers(now)):
        return 0
    return due_checks.hasten(service_ids, now)


async def find(spec: CheckSpec | Failure, watch: LoopWatch) -> CheckResult:
    """Check, where the settings could be read."""
    if isinstance(spec, Failure):
        return not_judged(spec, timezone.now())
    try:
        return await judged(spec, await observe(spec, limits(), watch.lag_ms))
    except Exception as error:
        logger.exception("A check on request failed")
        return not_judged(Failure(Fault.INTERNAL, {"detail": type(error).__name__}), timezone.now())


async def store(found: Sequence[tuple[Service, CheckResult]], location: str = "") -> list[Checked]:
    """Store what was found on request. Raises NotStored."""
    findings = await sifted_alone(
        [
            Finding(service.pk, result, location=location, revision=service.revision)
            for service, result in found
        ]
    )
    try:
        rows = await sync_to_async(record_now)(findings)
    except AWAY as error:
        raise NotStored([finding.result for finding in findings]) from error
    return [
        Checked(service, finding.result, row)
        for (service, _), finding, row in zip(found, findings, rows, strict=True)
    ]


def record_now(findings: Sequence[Finding]) -> list[ServiceStatus | None]:
    """Record what was found just now, by the clock that all checkers share."""
    clock = DatabaseClock()
    now = clock.read()
    timed = [replace(finding, result=clock.translated(finding.result)) for finding in findings]
    return record(timed, now)


@contextmanager
def place() -> Iterator[None]:
    """Hold one of the places for checks on request. Raises Busy."""
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _places.release()
