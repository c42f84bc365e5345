"""What a report says of a service over a range, and of all of them together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .incidents import Ending, IncidentCause
from .uptime import Charge, Uptime, last_ones, together, wholly_moved

DEFAULT_TARGET_PERCENT = 99.9


@dataclass(frozen=True, slots=True)
class Outage:
    """An incident, as far as a report counts it."""

    started_at: datetime
    resolved_at: datetime | None
    ending: str
    """Of `Ending`; empty while it is open."""
    cause: IncidentCause


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one service, or of several together."""

    uptime: Uptime
    incidents: int = 0
    """Of which any part lies in the range and counts against the service."""
    left_out: int = 0
    """Those whose time in the range was reclassified, all of it."""
    recoveries: int = 0
    """How many of those that count recovered in the range."""
    recovery_s: float = 0.0
    """From the first failed check to the recovery, of all of these together."""

    @property
    def seen_s(self) -> float:
        return self.uptime.up_s + self.uptime.degraded_s + self.uptime.down_s

    @property
    def mttr_s(self) -> float | None:
        """Mean time to recovery; None where nothing recovered."""
        return round(self.recovery_s / self.recoveries, 6) if self.recoveries else None

    def budget_s(self, target_percent: float) -> float | None:
        """How long it may be down of the time that was seen; None where nothing was."""
        if self.seen_s <= 0:
            return None
        return round(self.seen_s * (100 - target_percent) / 100, 6)

    def budget_left_s(self, target_percent: float) -> float | None:
        """What is left of that, below zero where it is overspent; None where nothing was seen."""
        budget_s = self.budget_s(target_percent)
        return None if budget_s is None else round(budget_s - self.uptime.down_s, 6)


def figures(
    uptime: Uptime,
    outages: Iterable[Outage],
    charges: Sequence[Charge],
    start: datetime,
    end: datetime,
) -> Figures:
    """Count the incidents of a service in a range, of which the future must be cut off.

    `charges` come in the order in which they were made, as for the uptime. One that recovers at
    the very end still belongs to the range, one that recovered at its start no more.
    """
    in_force = last_ones(charges)
    incidents = left_out = recoveries = 0
    recovery_s = 0.0
    for outage in outages if start < end else ():
        if outage.started_at >= end or (outage.resolved_at and outage.resolved_at <= start):
            continue
        if _is_left_out(outage, in_force, start, end):
            left_out += 1
            continue
        incidents += 1
        recovered = outage.ending == Ending.RECOVERED.value
        if outage.resolved_at is not None and recovered and outage.resolved_at <= end:
            recoveries += 1
            recovery_s += (outage.resolved_at - outage.started_at).total_seconds()
    return Figures(uptime, incidents, left_out, recoveries, recovery_s)


def _is_left_out(
    outage: Outage, in_force: Sequence[Charge], start: datetime, end: datetime
) -> bool:
    """Tell whether nothing of an incident counts: its cause may be that of a part of it alone."""
    begins, ends = max(start, outage.started_at), min(end, outage.resolved_at or end)
    if begins >= ends:
        return outage.cause is not IncidentCause.FAULT
    return wholly_moved(in_force, begins, ends)


def total(found: Iterable[Figures]) -> Figures:
    """Add up the figures of several services: each second of each counts alike."""
    each = list(found)
    return Figures(
        uptime=together(one.uptime for one in each),
        incidents=sum(one.incidents for one in each),
        left_out=sum(one.left_out for one in each),
        recoveries=sum(one.recoveries for one in each),
        recovery_s=_sum(one.recovery_s for one in each),
    )


def _sum(seconds: Iterable[float]) -> float:
    # Microseconds are what the database keeps; sums of floats carry noise beyond them.
    return round(sum(seconds), 6)
