"""The response times of a service over time, with what else was going on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitors.domain.bands import Band, bands
from monitors.domain.chart_range import ChartRange
from monitors.domain.rollups import Summary, merge
from monitors.models import Service, ServiceStatus

from .history import newest
from .response_times import Slot, chart_slots
from .uptime import Lived

POINTS = 120


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """What a chart shows: the newest checks one by one, or the steps of a range."""

    range: ChartRange | None
    """None for the newest checks."""
    start: datetime
    end: datetime
    checks: Sequence[ServiceStatus]
    """Newest first; empty for a range."""
    slots: tuple[Slot, ...]
    """Oldest first; empty for the newest checks."""
    bands: tuple[Band, ...]

    @property
    def summary(self) -> Summary:
        """Of the range."""
        return merge(slot.summary for slot in self.slots)


def latest_response_times(
    service: Service, checks: Sequence[ServiceStatus], past: Lived, now: datetime
) -> ResponseTimes:
    """Show the newest checks, which are given newest first."""
    start = checks[-1].checked_at if checks else now
    shaded = bands(past.stretches, past.charges, max(start, service.created_at), now)
    return ResponseTimes(None, start, now, checks, (), shaded)


def response_times(service: Service, wanted: ChartRange, past: Lived) -> ResponseTimes:
    """Show a range; `past` reaches back to its start."""
    lived_from = max(wanted.start, service.created_at)
    shaded = bands(past.stretches, past.charges, lived_from, wanted.end)
    slots = chart_slots(service, wanted)
    return ResponseTimes(wanted, wanted.start, wanted.end, (), slots, shaded)


def newest_checks(service: Service) -> Sequence[ServiceStatus]:
    return newest(service, POINTS)
