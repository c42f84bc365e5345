"""Keeps a host with many services from being asked by all of them at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

PER_HOST = 25
MAX_WAITING_FOR_ONE = 5_000


class HostCap:
    """At most `limit` checks of one host at a time; others wait without holding up anybody."""

    def __init__(self, limit: int = PER_HOST) -> None:
        self._limit = limit
        # A gate lives as long as a check holds it.
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._waiting: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """How many checks wait for their host."""
        return self._waiting.total()

    def is_full(self, host: str) -> bool:
        """Whether so many checks wait for a host that the others should not wait with them."""
        return self._waiting[host] >= MAX_WAITING_FOR_ONE

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        gate = self._gates.get(host)
        if gate is None:
            gate = self._gates[host] = asyncio.Semaphore(self._limit)
        self._waiting[host] += 1
        try:
            await gate.acquire()
        finally:
            self._waiting[host] -= 1
            if not self._waiting[host]:
                del self._waiting[host]
        try:
            yield
        finally:
            gate.release()
