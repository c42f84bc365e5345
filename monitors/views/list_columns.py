"""The heads of the list of services: each orders it, and the one that does turns it round."""

from dataclasses import dataclass

from django.http import QueryDict

from monitors.queries.service_list import ListFilter
from monitors.queries.service_order import Sort


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    query: str = ""
    """What its link asks for; empty where nothing is ordered by it."""
    id: str = ""
    order: str = ""
    """ascending or descending, as `aria-sort` has it, where the list is ordered by it."""


_COLUMNS = (
    ("State", Sort.WORST),
    ("Service", Sort.NAME),
    ("Recent checks", None),
    ("Uptime 24 h", Sort.UPTIME_DAY),
    ("Uptime 30 d", Sort.UPTIME_MONTH),
    ("Response", Sort.SLOWEST),
    ("Certificate", Sort.CERTIFICATE),
    ("Since", Sort.CHANGED),
)
_BIGGEST_FIRST = {Sort.WORST, Sort.SLOWEST, Sort.CHANGED}


def columns(wanted: ListFilter, query: QueryDict) -> tuple[Column, ...]:
    """Give the heads for a list, whose query is without a page."""
    return tuple(
        Column(label) if sort is None else _sortable(label, sort, wanted, query)
        for label, sort in _COLUMNS
    )


def _sortable(label: str, sort: Sort, wanted: ListFilter, query: QueryDict) -> Column:
    is_chosen = wanted.sort is sort
    order = ""
    if is_chosen:
        is_descending = (sort in _BIGGEST_FIRST) != wanted.is_reversed
        order = "descending" if is_descending else "ascending"
    asked = query.copy()
    asked["sort"] = f"-{sort}" if is_chosen and not wanted.is_reversed else sort.value
    return Column(label, asked.urlencode(), f"by-{sort}", order)
