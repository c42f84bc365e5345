"""Which events to show, as a query string says it."""

from collections.abc import Iterable, Mapping

from django import forms
from django.http import QueryDict

from monitors.domain.state import State
from monitors.queries.state_changes import EventFilter, Place

from .filters import ANY, member, read_id, read_moment

_TEXT = 200


class EventFilterForm(forms.Form):
    """Draws the filter of the list."""

    state = forms.ChoiceField(
        required=False, choices=[ANY, *((state.value, state.label) for state in State)]
    )
    service = forms.CharField(required=False, max_length=_TEXT, label="Service")
    tag = forms.ChoiceField(required=False)

    def __init__(self, data: QueryDict, tags: Iterable[str]) -> None:
        super().__init__(data)
        tag = self.fields["tag"]
        if isinstance(tag, forms.ChoiceField):
            tag.choices = [ANY, *((name, name) for name in tags)]


def event_filter(query: Mapping[str, str]) -> EventFilter:
    """Read a query string; nonsense is no filter."""
    return EventFilter(
        state=member(State, query.get("state", "")),
        service=query.get("service", "").replace("\x00", "").strip()[:_TEXT],
        tag=query.get("tag", "").replace("\x00", "")[:_TEXT],
    )


def place_text(place: Place | None) -> str:
    """Write a place in the list into a query string."""
    return f"{place.started_at.isoformat()}~{place.id}" if place else ""


def read_place(text: str) -> Place | None:
    moment_text, _, id_text = text.partition("~")
    moment, number = read_moment(moment_text), read_id(id_text)
    return Place(moment, number) if moment is not None and number is not None else None
