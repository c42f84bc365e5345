"""One thread for the database work of a checker: the event loop never waits for a row."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import InterfaceError, InternalError, OperationalError, connection

T = TypeVar("T")

# What a database that went away raises, or that has become a standby; waiting helps.
AWAY = (OperationalError, InterfaceError, InternalError)


class DatabaseThread:
    """Runs functions one after the other, on one connection that is renewed when it breaks."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self.answered_s = time.monotonic()
        """When the database last answered, on the monotonic clock."""

    async def run(self, function: Callable[[], T]) -> T:
        """Run it and give its answer. Raises what it raises."""
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._executor, _renewing, function)
        self.answered_s = time.monotonic()
        return answer

    async def close(self) -> None:
        await self.run(_disconnect)
        self._executor.shutdown(wait=False, cancel_futures=True)


def _renewing(function: Callable[[], T]) -> T:
    try:
        return function()
    except AWAY:
        connection.close()
        raise


def _disconnect() -> None:
    # In the thread itself: a connection belongs to the thread that opened it.
    connection.close()
