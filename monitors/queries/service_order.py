"""The orders that a list of services can have."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Case, F, Func, IntegerField, Value, When
from django.db.models.expressions import OrderBy

from monitors.domain.state import State
from monitors.models.service import ServiceQuerySet, is_stale

WORST_FIRST = (State.DOWN, State.DEGRADED, State.UNKNOWN, State.UP, State.PAUSED)
IN_A_STATE = ("-streak", "name", "pk")


class Sort(StrEnum):
    """What a list is ordered by, each beginning with what one looks for."""

    WORST = "worst"
    NAME = "name"
    UPTIME_DAY = "uptime-24h"
    UPTIME_MONTH = "uptime-30d"
    SLOWEST = "slowest"
    CERTIFICATE = "certificate"
    CHANGED = "changed"
    NEWEST = "newest"

    @property
    def label(self) -> str:
        return {
            Sort.WORST: "Worst first",
            Sort.NAME: "Name",
            Sort.UPTIME_DAY: "Lowest uptime, 24 h",
            Sort.UPTIME_MONTH: "Lowest uptime, 30 d",
            Sort.SLOWEST: "Slowest first",
            Sort.CERTIFICATE: "Certificate expires first",
            Sort.CHANGED: "Changed last",
            Sort.NEWEST: "Newest first",
        }[self]

    @property
    def uptime_length(self) -> timedelta | None:
        """Of the window by whose uptime it orders; None where it orders by a column."""
        return {
            Sort.UPTIME_DAY: timedelta(days=1),
            Sort.UPTIME_MONTH: timedelta(days=30),
        }.get(self)


def ordered(
    found: ServiceQuerySet, sort: Sort, now: datetime, *, is_reversed: bool = False
) -> ServiceQuerySet:
    """Order services by what is stored of them; what has no value comes last, whichever way."""
    return found.order_by(*order(sort, now, is_reversed=is_reversed))


def order(sort: Sort, now: datetime, *, is_reversed: bool = False) -> tuple[OrderBy, ...]:
    """Give what services are ordered by; by name where it is not stored."""
    match sort:
        case Sort.SLOWEST:
            return _known("last_response_time_ms", not is_reversed), F("pk").asc()
        case Sort.CERTIFICATE:
            return _known("certificate_expires_at", is_reversed), F("pk").asc()
        case Sort.WORST:
            fields: tuple[OrderBy, ...] = (rank(now).asc(), *_by(*IN_A_STATE))
        case Sort.CHANGED:
            fields = _by("-state_since", "-pk")
        case Sort.NEWEST:
            fields = _by("-pk")
        case _:
            fields = _by("name", "pk")
    if is_reversed:
        for field in fields:
            field.reverse_ordering()
    return fields


def _by(*fields: str) -> tuple[OrderBy, ...]:
    return tuple(OrderBy(F(field.lstrip("-")), descending=field[0] == "-") for field in fields)


def _known(field: str, descending: bool) -> OrderBy:
    value = F(field)
    return value.desc(nulls_last=True) if descending else value.asc(nulls_last=True)


def rank(now: datetime) -> Case:
    """Give the place of the shown state among WORST_FIRST."""
    stale = When(is_stale(now), then=Value(WORST_FIRST.index(State.UNKNOWN)))
    return Case(stale, default=_STORED_RANK, output_field=IntegerField())


# Written out: to build it of as many expressions takes longer than the database does with it.
_PLACES = " ".join(f"WHEN '{state.value}' THEN {rank}" for rank, state in enumerate(WORST_FIRST))
_STORED_RANK = Func(F("state"), template=f"CASE %(expressions)s {_PLACES} END")
