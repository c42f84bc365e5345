"""The form that keeps what the list shows under a name."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from monitors.domain.saved_filters import MAX_FILTER_NAME_LENGTH, MAX_QUERY_LENGTH

from .filters import known_query

_TOO_LONG = "This filter is too long to be saved."


class SavedFilterForm(forms.Form):
    name = forms.CharField(
        max_length=MAX_FILTER_NAME_LENGTH, error_messages={"required": "Give the filter a name."}
    )
    query = forms.CharField(
        required=False,
        max_length=MAX_QUERY_LENGTH,
        widget=forms.HiddenInput,
        error_messages={"max_length": _TOO_LONG},
    )

    def clean_query(self) -> str:
        query = read_query(self.cleaned_data["query"])
        if not query:
            raise ValidationError("This is the whole list. Filter it first.", code="invalid")
        if len(query) > MAX_QUERY_LENGTH:
            raise ValidationError(_TOO_LONG, code="invalid")
        return query

    @property
    def first_error(self) -> str:
        return str(next(iter(self.errors.values()))[0])


def read_query(text: str) -> str:
    """Give what the list knows of a query."""
    return known_query(QueryDict(text[:MAX_QUERY_LENGTH]))
