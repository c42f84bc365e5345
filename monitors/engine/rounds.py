"""Goes round the services once: for a command that is run now and then."""

import asyncio
import logging
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Sequence,
)
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from asgiref.sync import sync_to_async

from monitors.actions import due_checks
from monitors.actions.results import DueTime, Finding
from monitors.domain.reasons import Failure
from monitors.domain.result import CheckResult
from monitors.domain.spec import CheckSpec
from monitors.loops.clock import DatabaseClock
from monitors.loops.companion import NOBODY
from monitors.loops.database import DATABASE_ERRORS
from monitors.models import Service

from .canaries import sifted_alone
from .check_now import Checked, find, record_now, store
from .claims import ANYWHERE, RENEW_EVERY_S, Claim, Claimer
from .host_cap import PER_HOST, HostCap
from .settings_of import host_of, read_spec
from .watch import watched

logger = logging.getLogger(__name__)

T = TypeVar("T")

CONCURRENCY = 100
# Claimed together, and held until each has been checked.
CLAIMED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How many checks there may be at the same time, in all and of one host."""

    concurrency: int = CONCURRENCY
    per_host: int = PER_HOST


A_PACE = Pace()
Find = Callable[[CheckSpec | Failure], Awaitable[CheckResult]]


async def check_all(
    services: Sequence[Service], location: str = ANYWHERE, pace: Pace = A_PACE
) -> AsyncGenerator[Checked]:
    """Check services now, whether they are due or not; those that are keep their beat by it."""
    seen: set[int] = set()
    async with aclosing(check_due(location, pace)) as due:
        async for checked in due:
            seen.add(checked.service.pk)
            yield checked
    rest = [service for service in services if service.pk not in seen]
    async with aclosing(check_many(rest, location, pace)) as others:
        async for checked in others:
            yield checked


async def check_many(
    services: Sequence[Service], location: str = ANYWHERE, pace: Pace = A_PACE
) -> AsyncGenerator[Checked]:
    """Check services on request, side by side, and give each as soon as it is stored.

    Results that arrive while others are being stored are stored together.
    """
    async with _finding(pace) as find_one:
        found = _side_by_side(services, lambda service: find_one(read_spec(service)))
        async with aclosing(found) as batches:
            async for batch in batches:
                for checked in await store(batch, location):
                    yield checked


async def check_due(location: str = ANYWHERE, pace: Pace = A_PACE) -> AsyncGenerator[Checked]:
    """Check what is due by now and held by no checker, and keep its beat."""
    claimer, clock = Claimer(NOBODY, location), DatabaseClock()
    until = await sync_to_async(clock.read)()
    async with _finding(pace) as find_one:
        while claims := await sync_to_async(claimer.take)(CLAIMED_AT_ONCE, until, clock.now()):
            held = {claim.due for claim in claims}
            found = _side_by_side(claims, lambda claim: find_one(claim.spec))
            async with _renewed(claimer, held, clock), aclosing(found) as batches:
                async for batch in batches:
                    for checked in await _answer(batch, location):
                        yield checked
                    held.difference_update(claim.due for claim, _ in batch)


async def _answer(batch: Sequence[tuple[Claim, CheckResult]], location: str) -> list[Checked]:
    """Store what was due; leave out services that were deleted meanwhile."""
    findings = await sifted_alone(
        [Finding(claim.due.service_id, result, claim.due, location) for claim, result in batch]
    )
    findings = await _stored(list(findings))
    services = await Service.objects.ain_bulk([finding.service_id for finding in findings])
    return [
        Checked(services[finding.service_id], finding.result, None)
        for finding in findings
        if finding.service_id in services
    ]


async def _stored(findings: list[Finding]) -> list[Finding]:
    """Store results; where the database refuses one of them, its service keeps its beat.

    Raises what a database raises that takes nothing at all.
    """
    try:
        await sync_to_async(record_now)(findings)
    except DATABASE_ERRORS:
        if len(findings) > 1:
            middle = len(findings) // 2
            return [*await _stored(findings[:middle]), *await _stored(findings[middle:])]
        (refused,) = findings
        await sync_to_async(_pass_over)(refused)
        logger.exception("A result of service %d cannot be stored", refused.service_id)
        return []
    return findings


def _pass_over(finding: Finding) -> None:
    if finding.due is not None:
        due = finding.due
        due_checks.pass_over(due.service_id, due.location, due.at, DatabaseClock().read())


@asynccontextmanager
async def _finding(pace: Pace) -> AsyncIterator[Find]:
    """Give a way to check that keeps to a pace."""
    slots, hosts = asyncio.Semaphore(pace.concurrency), HostCap(pace.per_host)
    async with watched() as watch:

        async def find_one(spec: CheckSpec | Failure) -> CheckResult:
            async with hosts.slot(host_of(spec)), slots:
                return await find(spec, watch)

        yield find_one


async def _side_by_side(
    things: Iterable[T], check: Callable[[T], Awaitable[CheckResult]]
) -> AsyncGenerator[list[tuple[T, CheckResult]]]:
    """Check all at once and give what has been found, as it comes."""

    async def pair(thing: T) -> tuple[T, CheckResult]:
        return thing, await check(thing)

    pending = {asyncio.create_task(pair(thing)) for thing in things}
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            yield [task.result() for task in done]
    finally:
        for task in pending:
            task.cancel()


@asynccontextmanager
async def _renewed(
    claimer: Claimer, held: Collection[DueTime], clock: DatabaseClock
) -> AsyncIterator[None]:
    """Keep what is held while its checks last longer than a lease."""
    renewing = asyncio.create_task(_renew(claimer, held, clock))
    try:
        yield
    finally:
        renewing.cancel()


async def _renew(claimer: Claimer, held: Collection[DueTime], clock: DatabaseClock) -> None:
    while True:
        await asyncio.sleep(RENEW_EVERY_S)
        try:
            await sync_to_async(claimer.renew)(list(held), clock.now())
        except DATABASE_ERRORS as error:
            logger.warning("Leases are not renewed: %s", error)
