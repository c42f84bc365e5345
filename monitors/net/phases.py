"""The clock that splits a check into its phases."""

import time
from enum import StrEnum

from monitors.domain.observation import Phases


class Phase(StrEnum):
    DNS = "dns_ms"
    CONNECT = "connect_ms"
    TLS = "tls_ms"
    WAIT = "wait_ms"
    TRANSFER = "transfer_ms"


class PhaseClock:
    """Adds up the time of each phase; one ends where the next begins, so nothing is lost."""

    __slots__ = ("_since", "_spent", "phase")

    def __init__(self) -> None:
        self.phase: Phase | None = None
        self._since = 0.0
        self._spent: dict[Phase, float] = {}

    def enter(self, phase: Phase) -> None:
        """End the running phase, if there is one, and begin another."""
        now = self._close()
        self.phase = phase
        self._since = now
        self._spent.setdefault(phase, 0.0)

    def stop(self) -> None:
        self._close()
        self.phase = None

    def phases(self) -> Phases:
        """Give what was spent so far, in milliseconds."""
        return Phases(**{phase.value: spent * 1_000 for phase, spent in self._spent.items()})

    def _close(self) -> float:
        now = time.perf_counter()
        if self.phase is not None:
            self._spent[self.phase] += now - self._since
        return now
