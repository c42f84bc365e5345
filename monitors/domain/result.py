"""What one check found."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .evidence import Evidence
from .observation import Certificate, Phases
from .reasons import Reason


class Status(StrEnum):
    """The verdict of one check."""

    UP = "UP"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    NOT_JUDGED = "UNKNOWN"
    """Something on our own side kept the check from saying anything about its target."""

    @property
    def label(self) -> str:
        return "Not judged" if self is Status.NOT_JUDGED else self.value.capitalize()


NO_PHASES = Phases()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the log, as found; never changed afterwards."""

    checked_at: datetime
    """When the check began."""
    status: Status
    reason: Reason
    message: str
    response_time_ms: float | None = None
    """The sum of the phases; None when no response arrived."""
    status_code: int | None = None
    phases: Phases = NO_PHASES
    certificate: Certificate | None = None
    loop_lag_ms: float = 0.0
    """How late our own event loop ran meanwhile; the response time may be too long by that."""
    evidence: Evidence | None = None
    """Of failures only."""
    logged_as: int | None = None
    """The id of its row in the log, once it has one that somebody may ask for."""

    @property
    def ended_at(self) -> datetime:
        return self.checked_at + timedelta(milliseconds=self.phases.total_ms)
