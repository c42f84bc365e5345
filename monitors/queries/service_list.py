"""Which services a list holds, in which order: filtered, sorted and paged by the database."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, Window

from monitors.domain.freshness import OVERDUE_AFTER
from monitors.domain.state import State
from monitors.domain.tags import NO_TAG
from monitors.models import DueCheck, Service, ServiceSearch
from monitors.models.service import ServiceQuerySet, is_shown_as

from .service_order import IN_A_STATE, WORST_FIRST, Sort, ordered, rank
from .uptime import lowest_uptime

PAGE_SIZE = 50
READ_AHEAD = 200


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which services to list, and how."""

    words: tuple[str, ...] = ()
    state: State | None = None
    tag: str = ""
    """NO_TAG: those without any."""
    sort: Sort = Sort.WORST
    is_reversed: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class StateCount:
    state: State
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All services at a glance."""

    total: int
    states: tuple[StateCount, ...]
    """How many are shown in each state, worst first."""
    calm: int
    worst: tuple[tuple[int, State], ...]
    """The first of those that are not calm, worst first: by number, with the state shown."""

    def count(self, state: State) -> int:
        return next(entry.count for entry in self.states if entry.state is state)

    def worst_in(self, *states: State) -> list[int]:
        return [pk for pk, state in self.worst if state in states]


@dataclass(frozen=True, slots=True)
class Found:
    """The services of one page by number, and how many match in all."""

    ids: list[int]
    matching: int
    page: int


def find(wanted: ListFilter, seen: Overview, now: datetime) -> Found:
    """Find one page of services; the number of a page that is beyond the last becomes that."""
    if wanted.sort.uptime_length is not None:
        return _by_uptime(wanted, wanted.sort.uptime_length, now)
    return _searched(wanted, now) if wanted.words or wanted.tag else _listed(wanted, seen, now)


def matching_ids(wanted: ListFilter, now: datetime) -> list[int]:
    """Give all services that a filter leaves by number, in no order."""
    found = filtered(replace(wanted, sort=Sort.NAME, is_reversed=False), now)
    return list(found.order_by().values_list("pk", flat=True))


def _searched(wanted: ListFilter, now: datetime) -> Found:
    """Look for words and tags, and count what matches on the way: reading is what takes long."""
    found = filtered(wanted, now)
    counting = found.annotate(matching=Window(Count("*"))).values_list("pk", F("matching"))
    page = max(1, wanted.page)
    rows = list(counting[_window(page)])
    if not rows and page > 1:
        page = min(page, pages(found.count()))
        rows = list(counting[_window(page)])
    return Found([pk for pk, _ in rows], rows[0][1] if rows else 0, page)


def counts(wanted: ListFilter, seen: Overview, now: datetime) -> tuple[StateCount, ...]:
    """Count what words and tag leave by state, whichever state is wanted; worst first."""
    if not wanted.words and not wanted.tag:
        return seen.states
    left = filtered(replace(wanted, state=None), now).order_by()
    found = dict(left.annotate(rank=rank(now)).values_list(F("rank")).annotate(count=Count("pk")))
    return tuple(StateCount(state, found.get(n, 0)) for n, state in enumerate(WORST_FIRST))


def _by_uptime(wanted: ListFilter, length: timedelta, now: datetime) -> Found:
    """Order by uptime, which is worked out of each that was down; all others have the same."""
    percents = lowest_uptime(length, now)
    ids = list(
        filtered(replace(wanted, sort=Sort.NAME, is_reversed=False), now).values_list(
            "pk", flat=True
        )
    )
    ids.sort(key=lambda pk: percents.get(pk, 100.0), reverse=wanted.is_reversed)
    page = min(max(1, wanted.page), pages(len(ids)))
    return Found(ids[_window(page)], len(ids), page)


def _listed(wanted: ListFilter, seen: Overview, now: datetime) -> Found:
    """Give a page of all services, or of those in one state: these have been counted already."""
    matching = seen.total if wanted.state is None else seen.count(wanted.state)
    page = min(max(1, wanted.page), pages(matching))
    window = _window(page)
    worst_first = wanted.sort is Sort.WORST and not wanted.is_reversed
    if worst_first and wanted.state is None:
        return Found(_worst_first(window, seen, now), matching, page)
    known = seen.worst_in(wanted.state) if worst_first and wanted.state else []
    part = _Part(matching, known, lambda: filtered(wanted, now))
    return Found(part.ids(window), matching, page)


def pages(matching: int, size: int | None = None) -> int:
    """Give the number of pages, of the size of the list's unless given; one for nothing."""
    return max(1, -(-matching // (size or PAGE_SIZE)))


def _window(page: int) -> slice:
    return slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)


@dataclass(frozen=True, slots=True)
class _Part:
    """Services in their order: how many, the first of them as far as they are known, and all."""

    count: int
    known: list[int]
    all: Callable[[], ServiceQuerySet]

    def ids(self, window: slice) -> list[int]:
        if min(window.stop, self.count) <= len(self.known):
            return self.known[window]
        # Sorted by number alone: whole rows of all services would go through the sorting.
        ids = self.all().values_list("pk", flat=True)
        before, after = window.start, self.count - min(window.stop, self.count)
        if before <= after:
            return list(ids[window])
        # What comes before is read over as well: of the second half there is less behind it.
        return list(ids.reverse()[after : self.count - before])[::-1]


def _worst_first(window: slice, seen: Overview, now: datetime) -> list[int]:
    """Give the ids of a stretch of all services. To rank those that are calm takes far longer."""
    paused = seen.count(State.PAUSED)
    by_name = Service.objects.order_by("name", "pk")
    parts = (
        _Part(
            seen.total - seen.calm - paused,
            seen.worst_in(*set(State) - {State.PAUSED}),
            lambda: ordered(_not_calm(now).filter(paused=False), Sort.WORST, now),
        ),
        _Part(seen.calm, [], lambda: by_name.filter(is_shown_as(State.UP, now), streak=0)),
        _Part(paused, seen.worst_in(State.PAUSED), lambda: by_name.strange().filter(paused=True)),
    )
    ids: list[int] = []
    start, stop = window.start, window.stop
    for part in parts:
        if max(0, start) < min(part.count, stop):
            ids += part.ids(slice(max(0, start), stop))
        start, stop = start - part.count, stop - part.count
    # Between two queries a service may have gone over into the next part.
    return list(dict.fromkeys(ids[:PAGE_SIZE]))


def filtered(wanted: ListFilter, now: datetime) -> ServiceQuerySet:
    """Give the services of a filter in its order, whole."""
    found = Service.objects.matching(wanted.words)
    if wanted.tag:
        untagged = wanted.tag == NO_TAG
        found = found.untagged() if untagged else found.tagged(wanted.tag)
    if wanted.state is None:
        return ordered(found, wanted.sort, now, is_reversed=wanted.is_reversed)
    if wanted.state not in {State.UP, State.UNKNOWN}:
        found = found.strange()
    found = found.filter(is_shown_as(wanted.state, now))
    if wanted.sort is Sort.WORST:
        # In one state all have the same rank.
        found = found.order_by(*IN_A_STATE)
        return found.reverse() if wanted.is_reversed else found
    return ordered(found, wanted.sort, now, is_reversed=wanted.is_reversed)


def overview(now: datetime) -> Overview:
    """Count all services, and find the worst of them: both in one reading where these are few."""
    # As many as there are services, in rows that are narrow and change seldom.
    total = ServiceSearch.objects.count()
    troubled = _not_calm(now).annotate(rank=rank(now))
    first = troubled.order_by("rank", *IN_A_STATE).values_list("pk", F("rank"))[:READ_AHEAD]
    worst = tuple((pk, WORST_FIRST[rank]) for pk, rank in first)
    counted: Mapping[State, int] = Counter(state for _, state in worst)
    if len(worst) == READ_AHEAD:
        ranks = troubled.values_list(F("rank")).annotate(count=Count("pk"))
        counted = {WORST_FIRST[rank]: count for rank, count in ranks}
    # Most are calm, and are what is left: to group all takes twice as long. One may have been
    # added between the two queries.
    calm = max(0, total - sum(counted.values()))
    in_state = {**counted, State.UP: counted.get(State.UP, 0) + calm}
    states = tuple(StateCount(state, in_state.get(state, 0)) for state in WORST_FIRST)
    return Overview(total, states, calm, worst)


def _not_calm(now: datetime) -> ServiceQuerySet:
    """Give the services that are not UP, or fail already, or that nobody has looked at lately.

    While checks are on time these are all among the strange, which have an index.
    """
    not_calm = ~Q(state=State.UP.value) | Q(streak__gt=0) | Q(fresh_until__lt=now)
    among = Service.objects.all() if _some_lapsed(now) else Service.objects.strange()
    return among.filter(not_calm)


def _some_lapsed(now: datetime) -> bool:
    """Tell whether anything has gone stale that is not strange: it is overdue then."""
    overdue = DueCheck.objects.filter(location="", due_at__lt=now - OVERDUE_AFTER)
    return overdue.filter(service__fresh_until__lt=now, service__may_lapse=False).exists()
