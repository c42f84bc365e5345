"""Runs the checker until a signal, then stops its parts in order, within a bound."""

import asyncio
import logging
import os
import signal

from .checker import Checker
from .database import DatabaseThread
from .recorder import Recorder
from .watch import LoopWatch

logger = logging.getLogger(__name__)

STOP_WITHIN_S = 1.8


async def run_forever(concurrency: int) -> None:
    """Check services as they fall due until SIGTERM or Ctrl-C.

    Ends within two seconds of the signal: checks in flight get a moment to finish, what they
    found is written, the rest is given back. A part that dies stops the whole, with its error.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    database = DatabaseThread()
    recorder = Recorder(database)
    watch = LoopWatch()
    watching = asyncio.create_task(watch.run(), name="watch")
    checker = Checker(database, recorder, watch, concurrency)
    writing = asyncio.create_task(recorder.run(), name="recorder")
    checking = asyncio.create_task(checker.run(stop), name="checker")
    await asyncio.wait(
        {writing, checking, asyncio.create_task(stop.wait())}, return_when="FIRST_COMPLETED"
    )
    stop.set()
    watching.cancel()
    await _stop(checking, writing, recorder, database)


async def _stop(
    checking: asyncio.Task[None],
    writing: asyncio.Task[None],
    recorder: Recorder,
    database: DatabaseThread,
) -> None:
    try:
        async with asyncio.timeout(STOP_WITHIN_S):
            try:
                await checking
            finally:
                recorder.close()
                await writing
                await database.close()
    except TimeoutError:
        logger.error(  # noqa: TRY400 - where it waited says no more
            "Stopped with %d results unwritten: the database does not answer", recorder.waiting
        )
        # A thread that waits for a dead database would hold the process; the database undoes
        # what was not committed.
        logging.shutdown()
        os._exit(1)
