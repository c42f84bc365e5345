"""Query strings of the list and history pages become filters; nonsense becomes no filter."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from monitors.domain.result import Status
from monitors.domain.searching import words_of
from monitors.domain.state import State
from monitors.domain.tags import NO_TAG
from monitors.domain.wording import iso_utc
from monitors.domain.zones import zone_of
from monitors.interfaces.moments import usable
from monitors.queries.history import Cursor, HistoryFilter
from monitors.queries.service_list import ListFilter
from monitors.queries.service_order import Sort

E = TypeVar("E", bound=StrEnum)

ANY = ("", "Any")
WHEN = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def zone_field() -> forms.CharField:
    """Make a hidden field for the zone of what is typed; a script may set it to the browser's."""
    return forms.CharField(
        required=False,
        max_length=60,
        initial=timezone.get_current_timezone_name,
        widget=forms.HiddenInput(attrs={"data-zone-field": ""}),
    )


class ListFilterForm(forms.Form):
    """Draws the filter of the list."""

    q = forms.CharField(required=False, max_length=200, label="Search")
    state = forms.CharField(required=False, widget=forms.HiddenInput)
    tag = forms.ChoiceField(required=False)
    sort = forms.ChoiceField(required=False, label="Sort by")
    view = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, wanted: ListFilter, tags: Iterable[str]) -> None:
        super().__init__(data)
        orders = [(sort.value, sort.label) for sort in Sort]
        if wanted.is_reversed:
            orders.append((f"-{wanted.sort}", f"{wanted.sort.label}, reversed"))
        tagged = [ANY, (NO_TAG, "No tag"), *((tag, tag) for tag in tags)]
        for name, choices in (("sort", orders), ("tag", tagged)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices


class BetweenForm(forms.Form):
    """Draws the ends of a stretch of time by the clock of the page, however they were given."""

    since = forms.DateTimeField(required=False, label="From", widget=WHEN)
    until = forms.DateTimeField(required=False, label="To", widget=WHEN)
    zone = zone_field()

    def __init__(self, data: QueryDict | None) -> None:
        shown = None if data is None else data.copy()
        super().__init__(shown)
        if shown is None:
            return
        given = read_zone(shown.get("zone", ""))
        for name in ("since", "until"):
            moment = read_moment(shown.get(name, ""), given)
            if moment is not None:
                shown[name] = timezone.localtime(moment).strftime(WHEN.format or "")
                self.fields[name].widget.attrs["data-at"] = iso_utc(moment)
        shown["zone"] = timezone.get_current_timezone_name()


class HistoryFilterForm(BetweenForm):
    """Draws the filter of the history."""

    status = forms.ChoiceField(
        required=False,
        label="Result",
        choices=[ANY, *((status.value, status.label) for status in Status)],
    )
    field_order = ("status", "since", "until", "zone")


def list_filter(query: Mapping[str, str]) -> ListFilter:
    order = query.get("sort", "")
    sort = member(Sort, order.removeprefix("-"))
    return ListFilter(
        words=words_of(query.get("q", "")[:200]),
        state=member(State, query.get("state", "")),
        tag=query.get("tag", "").replace("\x00", ""),
        sort=sort or Sort.WORST,
        is_reversed=sort is not None and order.startswith("-"),
        page=page_number(query),
    )


def known_query(query: Mapping[str, str]) -> str:
    """Give what the list knows of a query, without its page: the same of what lists the same."""
    wanted = list_filter(query)
    is_usual = wanted.sort is Sort.WORST and not wanted.is_reversed
    known = {
        "q": " ".join(query.get("q", "")[:200].split()) if wanted.words else "",
        "state": wanted.state or "",
        "tag": wanted.tag,
        "sort": "" if is_usual else f"{'-' if wanted.is_reversed else ''}{wanted.sort}",
        "view": "groups" if is_by_tag(query) else "",
    }
    return urlencode({name: value for name, value in known.items() if value})


def is_by_tag(query: Mapping[str, str]) -> bool:
    """Tell whether the list is to be in groups; while services are selected it is not."""
    return query.get("view") == "groups" and query.get("select") != "on"


def open_groups(query: QueryDict) -> set[int]:
    """Give the groups that are open in a browser, by the number of their tag."""
    return {number for text in query.getlist("open") if (number := read_id(text)) is not None}


def history_filter(query: Mapping[str, str]) -> HistoryFilter:
    older = _cursor(query.get("before", ""))
    zone = read_zone(query.get("zone", ""))
    return HistoryFilter(
        status=member(Status, query.get("status", "")),
        since=read_moment(query.get("since", ""), zone),
        until=read_moment(query.get("until", ""), zone),
        older_than=older,
        newer_than=None if older else _cursor(query.get("after", "")),
    )


def cursor_text(cursor: Cursor | None) -> str:
    """Write a place in the log into a query string."""
    return f"{cursor.checked_at.isoformat()}~{cursor.id}" if cursor else ""


def _cursor(text: str) -> Cursor | None:
    moment_text, _, id_text = text.partition("~")
    moment = read_moment(moment_text)
    number = read_id(id_text)
    return Cursor(moment, number) if moment and number is not None else None


def read_id(text: str) -> int | None:
    """Read a number that fits a 64-bit key."""
    return int(text) if text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004


def read_zone(name: str) -> tzinfo:
    """Give the zone in which times were typed: the page's where none that is known is named."""
    return zone_of(name) or timezone.get_current_timezone()


def read_moment(text: str, zone: tzinfo | None = None) -> datetime | None:
    # A plus sign in a query string arrives as a space.
    try:
        moment = parse_datetime(text.strip().replace(" ", "+") if "T" in text else text)
        return usable(moment, zone) if moment is not None else None
    except (ValueError, OverflowError):
        return None


def member(kind: type[E], text: str) -> E | None:
    """Read the value of an enum; None where it is none."""
    return kind(text) if text in kind.__members__.values() else None


def page_number(query: Mapping[str, str]) -> int:
    text = query.get("page", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004 - a page
