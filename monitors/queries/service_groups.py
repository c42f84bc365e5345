"""The services of a list by tag: counted by one query, and the first of some groups by another."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from monitors.domain.state import State
from monitors.domain.tags import NO_TAG

from .service_list import ListFilter, filtered, pages
from .service_order import WORST_FIRST, order, rank
from .uptime import lowest_uptime

WITHOUT_TAG = 0
GROUPS_ON_A_PAGE = 100
ROWS_OF_A_GROUP = 20
OPEN_AT_FIRST = 10
MOST_OPEN = 20
_CALM = {State.UP, State.PAUSED}


@dataclass(frozen=True, slots=True)
class Group:
    """The services that have one tag, or none. A service with two tags is in two groups."""

    id: int
    """Of the tag, or WITHOUT_TAG."""
    tag: str
    """As a filter has it: the name, or NO_TAG."""
    counts: Mapping[State, int]
    """How many are shown in each state that occurs."""
    first: Sequence[int] | None = None
    """Its first services by number; None where they are not shown."""

    @property
    def name(self) -> str:
        return "No tag" if self.id == WITHOUT_TAG else self.tag

    @property
    def prefix(self) -> str:
        """What the ids of its elements begin with: a service may be on the page twice."""
        return f"group-{self.id}-"

    @property
    def state(self) -> State:
        """The worst that occurs."""
        return min(self.counts, key=WORST_FIRST.index)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def not_up(self) -> int:
        """How many are neither up nor paused."""
        return sum(count for state, count in self.counts.items() if state not in _CALM)

    @property
    def is_cut(self) -> bool:
        return self.total > ROWS_OF_A_GROUP


@dataclass(frozen=True, slots=True)
class FoundGroups:
    """One page of groups, and how many there are in all."""

    groups: Sequence[Group]
    matching: int
    page: int

    @property
    def pages(self) -> int:
        return pages(self.matching, GROUPS_ON_A_PAGE)

    @property
    def service_ids(self) -> list[int]:
        return list(dict.fromkeys(pk for group in self.groups for pk in group.first or ()))


def find_groups(wanted: ListFilter, asked: Collection[int], now: datetime) -> FoundGroups:
    """Find a page of groups, the worst first, with the services of those that are open.

    asked: groups that are to be open, besides those that are at first.
    """
    whole = sorted(_counted(wanted, now), key=_place)
    page = min(max(1, wanted.page), pages(len(whole), GROUPS_ON_A_PAGE))
    shown = whole[(page - 1) * GROUPS_ON_A_PAGE : page * GROUPS_ON_A_PAGE]
    first = _first_of(_open(shown, asked), wanted, now)
    groups = [replace(group, first=first.get(group.id)) for group in shown]
    return FoundGroups(groups, len(whole), page)


def _counted(wanted: ListFilter, now: datetime) -> list[Group]:
    left = filtered(wanted, now).order_by().annotate(rank=rank(now))
    rows = left.values_list("tags", "tags__name", F("rank")).annotate(count=Count("pk"))
    found: dict[tuple[int, str], dict[State, int]] = defaultdict(dict)
    for tag_id, name, place, count in rows:
        found[tag_id or WITHOUT_TAG, name or NO_TAG][WORST_FIRST[place]] = count
    groups = (Group(tag_id, tag, counts) for (tag_id, tag), counts in found.items())
    # What has the wanted tag may have others too: these are left out.
    return [group for group in groups if wanted.tag in {"", group.tag}]


def _place(group: Group) -> tuple[bool, int, str]:
    is_last = group.id == WITHOUT_TAG
    return is_last, WORST_FIRST.index(group.state), group.tag.casefold()


def _open(groups: Sequence[Group], asked: Collection[int]) -> set[int]:
    """Choose which are open: no more than can be drawn in a moment."""
    if len(groups) == 1:
        return {groups[0].id}
    wanted = [group.id for group in groups if group.id in asked]
    wanted += [group.id for group in groups if group.not_up][:OPEN_AT_FIRST]
    return set([*dict.fromkeys(wanted)][:MOST_OPEN])


def _first_of(groups: Collection[int], wanted: ListFilter, now: datetime) -> dict[int, list[int]]:
    """Give the first services of groups by number, in the order of the list."""
    found: dict[int, list[int]] = {group: [] for group in groups}
    if not groups:
        return found
    members = _by_uptime if wanted.sort.uptime_length else _in_order
    for tag_id, pk in members(groups, wanted, now):
        first = found[tag_id or WITHOUT_TAG]
        if len(first) < ROWS_OF_A_GROUP:
            first.append(pk)
    return found


Members = Iterable[tuple[int | None, int]]


def _in_order(groups: Collection[int], wanted: ListFilter, now: datetime) -> Members:
    by = order(wanted.sort, now, is_reversed=wanted.is_reversed)
    place = Window(RowNumber(), partition_by=F("tags"), order_by=by)
    members = filtered(wanted, now).order_by().filter(_within(groups)).annotate(place=place)
    return members.filter(place__lte=ROWS_OF_A_GROUP).order_by("place").values_list("tags", "pk")


def _by_uptime(groups: Collection[int], wanted: ListFilter, now: datetime) -> Members:
    """Order by uptime as the list does: all that were not down have the same."""
    length = wanted.sort.uptime_length
    percents = lowest_uptime(length, now) if length else {}
    members = filtered(wanted, now).filter(_within(groups)).order_by("name", "pk")
    return sorted(
        members.values_list("tags", "pk"),
        key=lambda member: percents.get(member[1], 100.0),
        reverse=wanted.is_reversed,
    )


def _within(groups: Collection[int]) -> Q:
    tagged = Q(tags__in=[group for group in groups if group != WITHOUT_TAG])
    return tagged | Q(tags=None) if WITHOUT_TAG in groups else tagged
