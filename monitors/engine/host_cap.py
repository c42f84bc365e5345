"""Keeps a host with many services from being asked by all of them at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

PER_HOST = 25


class HostCap:
    """At most `limit` checks of one host at a time; others wait without holding up anybody."""

    def __init__(self, limit: int = PER_HOST) -> None:
        self._limit = limit
        # A gate lives as long as a check holds it.
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self.waiting = 0
        """How many checks wait for their host."""

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        gate = self._gates.get(host)
        if gate is None:
            gate = self._gates[host] = asyncio.Semaphore(self._limit)
        self.waiting += 1
        try:
            await gate.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            gate.release()
