"""Keeps a host with many services from being asked by all of them at once."""

import asyncio
from collections import Counter
from dataclasses import dataclass
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

    def slot(self, host: str) -> "_Slot":
        """Give what holds a place among the checks of a host while its block lasts."""
        return _Slot(self, host)

    async def enter(self, host: str) -> asyncio.Semaphore:
        """Wait for a place; give the gate at which it is to be given back."""
        gate = self._gates.get(host)
        if gate is None:
            gate = self._gates[host] = asyncio.Semaphore(self._limit)
        if gate.locked():
            await self._wait_at(gate, host)
        else:
            await gate.acquire()
        return gate

    async def _wait_at(self, gate: asyncio.Semaphore, host: str) -> None:
        self._waiting[host] += 1
        try:
            await gate.acquire()
        finally:
            self._waiting[host] -= 1
            if not self._waiting[host]:
                del self._waiting[host]


@dataclass(slots=True)
class _Slot:
    # Every check passes here: a context manager made of a generator costs four times as much.
    _cap: HostCap
    _host: str
    _gate: asyncio.Semaphore | None = None

    async def __aenter__(self) -> None:
        self._gate = await self._cap.enter(self._host)

    async def __aexit__(self, *_: object) -> None:
        if self._gate is not None:
            self._gate.release()
