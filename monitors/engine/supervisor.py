"""Runs the checker until a signal, then stops its parts in order, within a bound."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from monitors.loops.companion import Berth, Companion
from monitors.loops.database import DATABASE_ERRORS, DatabaseThread, Seldom
from monitors.loops.keep_going import keep_going

from . import watch
from .canaries import Canaries, canaries
from .checker import Checker
from .claims import Claimer
from .descriptors import make_room
from .frozen import set_aside_what_froze, tell_the_next_program
from .gauges import Gauges
from .host_cap import HostCap
from .housekeeping import Housekeeper
from .maintenance import keep_following_up
from .memory import collect_seldom
from .outbound_ping import keep_pinging
from .presence import Presence, keep_telling, register, sign_off
from .recorder import Recorder
from .watch import LoopWatch

logger = logging.getLogger(__name__)

STOP_WITHIN_S = 1.7
HOUSEKEEPING_ENDS_WITHIN_S = 0.2
COMPANIONS_END_WITHIN_S = 0.1
RETRY_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class Identity:
    """How a checker is known."""

    name: str
    location: str
    concurrency: int
    per_host: int


@dataclass(frozen=True, slots=True)
class Parts:
    """A checker, taken apart."""

    presence: Presence
    database: DatabaseThread
    recorder: Recorder
    watch: LoopWatch
    gauges: Gauges
    checker: Checker
    canaries: Canaries | None = None


def assemble(identity: Identity, presence: Presence, database: DatabaseThread) -> Parts:
    """Put the parts of a checker together; nothing runs yet."""
    gauges = Gauges()
    asked = canaries()
    asking = Canaries(asked, database, gauges, presence.id) if asked else None
    recorder = Recorder(database, gauges, canaries=asking)
    lag = LoopWatch(gauges)
    checker = Checker(
        database=database,
        claimer=Claimer(presence.id, presence.location),
        recorder=recorder,
        watch=lag,
        gauges=gauges,
        concurrency=identity.concurrency,
        hosts=HostCap(identity.per_host),
        location=presence.location,
    )
    return Parts(presence, database, recorder, lag, gauges, checker, asking)


async def run_forever(identity: Identity, companions: Mapping[str, Companion]) -> None:
    """Check services as they fall due until SIGTERM or Ctrl-C, with companions by their names.

    Ends within two seconds of the signal: checks in flight get a moment to finish, what they
    found is written, the rest is given back. Where checking or writing dies the whole stops, with
    its error; what runs beside them goes on after one.
    """
    collect_seldom()
    identity = replace(identity, concurrency=make_room(identity.concurrency))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    database = DatabaseThread()
    presence = await _register(identity, database, stop)
    if presence is None:
        _leave(0)
        return
    parts = assemble(identity, presence, database)
    housekeeping = DatabaseThread()
    beside = [
        asyncio.create_task(keep_going(name, part, parts.gauges.erred), name=name)
        for name, part in _beside(parts, housekeeping).items()
    ]
    berth = Berth(presence.id, stop, parts.gauges.erred)
    companions_at_work = [
        asyncio.create_task(_accompany(name, companion, berth), name=name)
        for name, companion in companions.items()
    ]
    with _guarded(parts, loop):
        await _run(parts, beside, companions_at_work, stop)
    await _end(housekeeping)


async def _accompany(name: str, companion: Companion, berth: Berth) -> None:
    await keep_going(name, lambda: companion(berth), berth.count)


def _beside(parts: Parts, housekeeping: DatabaseThread) -> dict[str, Callable[[], Awaitable[None]]]:
    """Give what runs beside the checks."""
    claimer = parts.checker.claimer
    beside: dict[str, Callable[[], Awaitable[None]]] = {
        "watch": parts.watch.run,
        "presence": lambda: keep_telling(
            parts.presence, parts.gauges, parts.recorder, claimer, parts.database
        ),
        "housekeeping": Housekeeper(housekeeping, holder=parts.presence.id).run,
        "maintenance": lambda: keep_following_up(housekeeping),
    }
    if parts.canaries is not None:
        beside["canaries"] = parts.canaries.run
    if settings.HEARTBEAT_URL:
        beside["outbound ping"] = lambda: keep_pinging(settings.HEARTBEAT_URL, parts.database)
    return beside


async def _register(
    identity: Identity, database: DatabaseThread, stop: asyncio.Event
) -> Presence | None:
    """Make the checker known as soon as there is a database; None when stopped before."""
    stopped = asyncio.create_task(stop.wait())
    seldom = Seldom(logger)
    while not stop.is_set():
        registering = asyncio.create_task(
            database.run(lambda: _begin(identity, database.clock.read()))
        )
        await asyncio.wait({registering, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not registering.done():
            break
        try:
            return await registering
        except DATABASE_ERRORS as error:
            why = await database.explained(error)
            seldom.warning("The checker waits for its database: %s", why)
            await asyncio.wait({stopped}, timeout=RETRY_AFTER_S)
    return None


def _begin(identity: Identity, now: datetime) -> Presence:
    # Before anything is claimed: it would be met again.
    set_aside_what_froze()
    return register(identity.name, identity.location, now)


@contextmanager
def _guarded(parts: Parts, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    over = threading.Event()
    words = (parts.watch, over, lambda: tell_the_next_program(parts.checker.stands_at(loop)))
    thread = threading.Thread(target=watch.guard, args=words, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


async def _run(
    parts: Parts,
    beside: Sequence[asyncio.Task[None]],
    companions: Sequence[asyncio.Task[None]],
    stop: asyncio.Event,
) -> None:
    writing = asyncio.create_task(parts.recorder.run(), name="recorder")
    checking = asyncio.create_task(parts.checker.run(stop), name="checker")
    await asyncio.wait(
        {writing, checking, *beside, asyncio.create_task(stop.wait())},
        return_when="FIRST_COMPLETED",
    )
    stop.set()
    died = [task for task in beside if task.done()]
    for task in beside:
        task.cancel()
    stopping = asyncio.create_task(_stop(checking, writing, parts), name="stopping")
    await asyncio.wait({stopping, *companions}, timeout=STOP_WITHIN_S)
    if not stopping.done():
        logger.error(
            "Stopped with %d results unwritten: the database did not answer in time",
            parts.recorder.waiting,
        )
        _leave(1)
    stopping.result()
    for task in died:
        task.result()
    await _leave_behind(companions)


async def _stop(checking: asyncio.Task[None], writing: asyncio.Task[None], parts: Parts) -> None:
    """End one part after the other; each may wait for the database."""
    try:
        await checking
    finally:
        parts.recorder.close()
        await writing
        await _sign_off(parts)
        await parts.database.close()


async def _end(housekeeping: DatabaseThread) -> None:
    try:
        async with asyncio.timeout(HOUSEKEEPING_ENDS_WITHIN_S):
            await housekeeping.close()
    except (TimeoutError, *DATABASE_ERRORS):
        _leave(0)


async def _leave_behind(companions: Sequence[asyncio.Task[None]]) -> None:
    """End what did not end in time; what it was at is done again by whoever comes next."""
    late = [task for task in companions if not task.done()]
    for task in late:
        task.cancel()
    if late and (await asyncio.wait(late, timeout=COMPANIONS_END_WITHIN_S))[1]:
        logger.error("Stopped before %s had ended", ", ".join(task.get_name() for task in late))
        _leave(0)


def _leave(status: int) -> None:
    """End at once.

    A thread that waits for its database would hold the process until that answers. What was not
    committed the database undoes.
    """
    logging.shutdown()
    os._exit(status)


async def _sign_off(parts: Parts) -> None:
    try:
        now = parts.database.clock.now()
        await parts.database.run(lambda: sign_off(parts.presence, now))
    except DATABASE_ERRORS as error:
        logger.warning("The checker cannot sign off: %s", error)
