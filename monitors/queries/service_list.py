"""Which services a list holds, in which order: filtered, sorted and paged by the database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Case, Count, F, IntegerField, Q, Value, When, Window

from monitors.domain.state import State
from monitors.models import Service
from monitors.models.service import ServiceQuerySet, is_shown_as, is_stale

PAGE_SIZE = 50
WORST_FIRST = (State.DOWN, State.DEGRADED, State.UNKNOWN, State.UP, State.PAUSED)
_IN_A_STATE = ("-streak", "name", "pk")


class Sort(StrEnum):
    """The orders a list can have."""

    WORST = "worst"
    NAME = "name"
    SLOWEST = "slowest"
    NEWEST = "newest"

    @property
    def label(self) -> str:
        return {
            Sort.WORST: "Worst first",
            Sort.NAME: "By name",
            Sort.SLOWEST: "Slowest first",
            Sort.NEWEST: "Newest first",
        }[self]


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which services to list, and how."""

    words: tuple[str, ...] = ()
    state: State | None = None
    tag: str = ""
    sort: Sort = Sort.WORST
    page: int = 1


@dataclass(frozen=True, slots=True)
class StateCount:
    state: State
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many services there are: in all, by the state that is shown, and that are calm."""

    total: int
    states: tuple[StateCount, ...]
    calm: int

    def of(self, state: State) -> int:
        return next(entry.count for entry in self.states if entry.state is state)


@dataclass(frozen=True, slots=True)
class Found:
    """The services of one page by number, and how many match in all."""

    ids: list[int]
    matching: int
    page: int


def find(wanted: ListFilter, counts: Counts, now: datetime) -> Found:
    """Find one page of services; the number of a page that is beyond the last becomes that."""
    return _searched(wanted, now) if wanted.words or wanted.tag else _listed(wanted, counts, now)


def _searched(wanted: ListFilter, now: datetime) -> Found:
    """Look for words and tags, and count what matches on the way: reading is what takes long."""
    found = _filtered(wanted, now)
    counting = found.annotate(matching=Window(Count("*"))).values_list("pk", F("matching"))
    page = max(1, wanted.page)
    rows = list(counting[_window(page)])
    if not rows and page > 1:
        page = min(page, pages(found.count()))
        rows = list(counting[_window(page)])
    return Found([pk for pk, _ in rows], rows[0][1] if rows else 0, page)


def _listed(wanted: ListFilter, counts: Counts, now: datetime) -> Found:
    """Give a page of all services, or of those in one state: these have been counted already."""
    matching = counts.of(wanted.state) if wanted.state is not None else counts.total
    page = min(max(1, wanted.page), pages(matching))
    if wanted.state is None and wanted.sort is Sort.WORST:
        return Found(_worst_first(_window(page), counts, now), matching, page)
    # Sorted by number alone: whole rows of all services would go through the sorting.
    ids = _filtered(wanted, now).values_list("pk", flat=True)[_window(page)]
    return Found(list(ids), matching, page)


def pages(matching: int) -> int:
    """Give the number of pages; one where nothing matches."""
    return max(1, -(-matching // PAGE_SIZE))


def _window(page: int) -> slice:
    return slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)


def _worst_first(window: slice, counts: Counts, now: datetime) -> list[int]:
    """Give the ids of a stretch of all services. To rank those that are calm takes far longer."""
    paused = counts.of(State.PAUSED)
    troubled = _sorted(_not_calm(now).filter(paused=False), Sort.WORST, now)
    by_name = Service.objects.order_by("name", "pk")
    parts = (
        (counts.total - counts.calm - paused, troubled),
        (counts.calm, by_name.filter(is_shown_as(State.UP, now), streak=0)),
        (paused, by_name.filter(paused=True)),
    )
    ids: list[int] = []
    start, stop = window.start, window.stop
    for count, part in parts:
        if max(0, start) < min(count, stop):
            ids += part.values_list("pk", flat=True)[max(0, start) : stop]
        start, stop = start - count, stop - count
    # Between two queries a service may have gone over into the next part.
    return list(dict.fromkeys(ids[:PAGE_SIZE]))


def _filtered(wanted: ListFilter, now: datetime) -> ServiceQuerySet:
    """Give the services of a filter in its order, whole."""
    found = Service.objects.with_shown_state(now).matching(wanted.words)
    if wanted.tag:
        found = found.tagged(wanted.tag)
    if wanted.state is None:
        return _sorted(found, wanted.sort, now)
    found = found.filter(is_shown_as(wanted.state, now))
    # In one state all have the same rank.
    by_streak = wanted.sort is Sort.WORST
    return found.order_by(*_IN_A_STATE) if by_streak else _sorted(found, wanted.sort, now)


def count_states(now: datetime) -> Counts:
    """Count all services."""
    # Most are calm, and are what is left: to group all takes twice as long.
    total = Service.objects.count()
    others = _not_calm(now).order_by().values_list(F("shown_state")).annotate(count=Count("pk"))
    counted: dict[str, int] = dict(others)
    # One may have been added between the two queries.
    calm = max(0, total - sum(counted.values()))
    counted[State.UP] = counted.get(State.UP, 0) + calm
    states = tuple(StateCount(state, counted.get(state, 0)) for state in WORST_FIRST)
    return Counts(total, states, calm)


def _not_calm(now: datetime) -> ServiceQuerySet:
    """Give the services that are not UP, or fail already, or that nobody has looked at lately."""
    strange = ~Q(state=State.UP.value) | Q(streak__gt=0) | Q(fresh_until__lt=now)
    return Service.objects.with_shown_state(now).filter(strange)


def _sorted(found: ServiceQuerySet, sort: Sort, now: datetime) -> ServiceQuerySet:
    match sort:
        case Sort.NAME:
            return found.order_by("name", "pk")
        case Sort.SLOWEST:
            return found.order_by(F("last_response_time_ms").desc(nulls_last=True), "pk")
        case Sort.NEWEST:
            return found.order_by("-pk")
        case Sort.WORST:
            return found.order_by(_rank(now), *_IN_A_STATE)


def _rank(now: datetime) -> Case:
    """Give the place of the shown state; spelt out, since it is asked of every service."""
    places = {state: Value(rank) for rank, state in enumerate(WORST_FIRST)}
    known = [When(state=state.value, then=place) for state, place in places.items()]
    stale = When(is_stale(now), then=places[State.UNKNOWN])
    return Case(stale, *known, output_field=IntegerField())
