"""What a chart of response times is shaded with: outages, maintenance, and what nobody saw."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .incidents import IncidentCause
from .state import State
from .uptime import Charge, Stretch, last_ones


class BandKind(StrEnum):
    """Why a stretch of time is shaded; in the order in which they are drawn over each other."""

    UNKNOWN = "unknown"
    PAUSED = "paused"
    DOWN = "down"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time: `start` included, `end` not."""

    kind: BandKind
    start: datetime
    end: datetime


_KINDS = {State.DOWN: BandKind.DOWN, State.PAUSED: BandKind.PAUSED, State.UNKNOWN: BandKind.UNKNOWN}


def bands(
    stretches: Sequence[Stretch], charges: Iterable[Charge], start: datetime, end: datetime
) -> tuple[Band, ...]:
    """Shade a window; what no stretch covers is unknown."""
    if start >= end:
        return ()
    in_order = sorted(
        (each for each in stretches if each.start < end and each.end > start),
        key=lambda stretch: stretch.start,
    )
    found = [
        *(Band(_KINDS[each.state], each.start, each.end) for each in in_order if _is_shaded(each)),
        *_uncovered(in_order, start, end),
    ]
    planned = [
        Band(BandKind.MAINTENANCE, charge.start, charge.end)
        for charge in last_ones(charges)
        if charge.cause is IncidentCause.PLANNED
    ]
    cut = [_cut(band, start, end) for band in (*found, *planned)]
    order = list(BandKind)
    seen = sorted(
        (band for band in cut if band.start < band.end),
        key=lambda band: (order.index(band.kind), band.start),
    )
    return tuple(_joined(seen))


def _is_shaded(stretch: Stretch) -> bool:
    return stretch.state in _KINDS


def _uncovered(in_order: Sequence[Stretch], start: datetime, end: datetime) -> Iterator[Band]:
    reached = start
    for stretch in in_order:
        if stretch.start > reached:
            yield Band(BandKind.UNKNOWN, reached, stretch.start)
        reached = max(reached, stretch.end)
    if reached < end:
        yield Band(BandKind.UNKNOWN, reached, end)


def _cut(band: Band, start: datetime, end: datetime) -> Band:
    return Band(band.kind, max(band.start, start), min(band.end, end))


def _joined(in_order: Iterable[Band]) -> Iterator[Band]:
    """Make one of bands of a kind that touch."""
    last: Band | None = None
    for band in in_order:
        if last is not None and band.kind is last.kind and band.start <= last.end:
            last = Band(last.kind, last.start, max(last.end, band.end))
            continue
        if last is not None:
            yield last
        last = band
    if last is not None:
        yield last
