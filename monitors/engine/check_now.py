"""Probe, judge and record at once: the short way round, for a button, an API call, a command."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError
from django.utils import timezone

from monitors.actions.results import Finding, record
from monitors.domain.reasons import Failure
from monitors.domain.result import CheckResult
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge, not_judged
from monitors.models import Service, ServiceStatus
from monitors.probes import observe

from .claims import ANYWHERE, Claim, Claimer
from .database import AWAY
from .limits import limits
from .settings_of import read_spec
from .watch import LoopWatch, watched

CONCURRENCY = 100
# The id of no checker.
NOBODY = 0


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


async def check_many(services: Sequence[Service]) -> AsyncIterator[Checked]:
    """Check services side by side and give each as soon as it is stored.

    Results that arrive while others are being stored are stored together.
    """
    slots = asyncio.Semaphore(CONCURRENCY)
    async with watched() as watch:

        async def check(service: Service) -> tuple[Service, CheckResult]:
            async with slots:
                return service, await _found(read_spec(service), watch)

        pending = {asyncio.create_task(check(service)) for service in services}
        try:
            while pending:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for checked in await _store([task.result() for task in done]):
                    yield checked
        finally:
            for task in pending:
                task.cancel()


async def check_due(location: str = ANYWHERE) -> AsyncIterator[Checked]:
    """Check what is due and held by no checker, and keep its beat, until nothing is left."""
    claimer = Claimer(NOBODY, location)
    while claims := await sync_to_async(_claim)(claimer):
        async with watched() as watch:
            found = await asyncio.gather(*(_found(claim.spec, watch) for claim in claims))
        findings = [
            Finding(claim.due.service_id, result, claim.due, location)
            for claim, result in zip(claims, found, strict=True)
        ]
        await sync_to_async(record)(findings, timezone.now())
        services = await Service.objects.ain_bulk([claim.due.service_id for claim in claims])
        for finding in findings:
            if finding.service_id in services:
                yield Checked(services[finding.service_id], finding.result, None)


def _claim(claimer: Claimer) -> list[Claim]:
    now = timezone.now()
    return claimer.take(CONCURRENCY, now, now)


async def check_one(service: Service) -> Checked:
    """Check one service now and store what was found."""
    async with watched() as watch:
        result = await _found(read_spec(service), watch)
    (checked,) = await _store([(service, result)])
    return checked


check_one_sync = async_to_sync(check_one)


async def try_out(spec: CheckSpec) -> CheckResult:
    """Check an address and store nothing."""
    async with watched() as watch:
        return await _found(spec, watch)


try_out_sync = async_to_sync(try_out)


async def _found(spec: CheckSpec | Failure, watch: LoopWatch) -> CheckResult:
    """Check, where the settings could be read."""
    if isinstance(spec, Failure):
        return not_judged(spec, timezone.now())
    return judge(spec, await observe(spec, limits(), watch.lag_ms))


async def _store(found: list[tuple[Service, CheckResult]]) -> list[Checked]:
    findings = [Finding(service.pk, result, revision=service.revision) for service, result in found]
    try:
        rows = await sync_to_async(record)(findings, timezone.now())
    except AWAY as error:
        raise NotStored([result for _, result in found]) from error
    return [
        Checked(service, result, row) for (service, result), row in zip(found, rows, strict=True)
    ]
