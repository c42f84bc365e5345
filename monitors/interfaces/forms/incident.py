"""What can be said of incidents on pages: which to show, and what to do about one."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from monitors.actions.incident_response import MAX_REASON_LENGTH, MAX_SNOOZE
from monitors.domain.incidents import IncidentCause
from monitors.domain.wording import one_line
from monitors.interfaces.moments import OUT_OF_RANGE
from monitors.models.incident import MAX_NOTE_LENGTH
from monitors.queries.incidents import IncidentFilter, Place

from .filters import ANY, WHEN, BetweenForm, read_id, read_moment, read_zone, zone_field

MAX_SNOOZE_MINUTES = int(MAX_SNOOZE.total_seconds() // 60)
_OPEN = {"true": True, "false": False}
_TEXT = 200


class IncidentFilterForm(BetweenForm):
    """Draws the filter of the list."""

    open = forms.ChoiceField(
        required=False, label="State", choices=[ANY, ("true", "Open"), ("false", "Resolved")]
    )
    service = forms.CharField(required=False, max_length=_TEXT, label="Service")
    tag = forms.ChoiceField(required=False)
    field_order = ("open", "service", "tag", "since", "until", "zone")

    def __init__(self, data: QueryDict, tags: Iterable[str]) -> None:
        super().__init__(data)
        tag = self.fields["tag"]
        if isinstance(tag, forms.ChoiceField):
            tag.choices = [ANY, *((name, name) for name in tags)]


def incident_filter(query: Mapping[str, str]) -> IncidentFilter:
    """Read a query string; nonsense is no filter."""
    zone = read_zone(query.get("zone", ""))
    return IncidentFilter(
        is_open=_OPEN.get(query.get("open", "")),
        service=query.get("service", "").replace("\x00", "").strip()[:_TEXT],
        tag=query.get("tag", "").replace("\x00", "")[:_TEXT],
        since=read_moment(query.get("since", ""), zone),
        until=read_moment(query.get("until", ""), zone),
    )


def place_text(place: Place | None) -> str:
    """Write a place in the list into a query string."""
    if place is None:
        return ""
    state = "open" if place.is_open else "resolved"
    return f"{state}~{place.started_at.isoformat()}~{place.id}"


def read_place(text: str) -> Place | None:
    state, _, rest = text.partition("~")
    moment_text, _, id_text = rest.partition("~")
    moment, number = read_moment(moment_text), read_id(id_text)
    if state not in {"open", "resolved"} or moment is None or number is None:
        return None
    return Place(state == "open", moment, number)


class AcknowledgeForm(forms.Form):
    note = forms.CharField(
        required=False,
        max_length=MAX_NOTE_LENGTH,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    snooze_minutes = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_SNOOZE_MINUTES,
        label="Send no alerts for",
        widget=forms.NumberInput(attrs={"min": 1, "max": MAX_SNOOZE_MINUTES}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The page has another note.
        super().__init__(*args, **({"auto_id": "acknowledge_%s"} | kwargs))
        # What the template shows behind it.
        setattr(self.fields["snooze_minutes"], "unit", "min")  # noqa: B010

    def clean_note(self) -> str:
        return _unix_lines(self.cleaned_data["note"])

    def snooze(self) -> timedelta | None:
        minutes: int | None = self.cleaned_data["snooze_minutes"]
        return timedelta(minutes=minutes) if minutes is not None else None


class NoteForm(forms.Form):
    note = forms.CharField(
        required=False,
        max_length=MAX_NOTE_LENGTH,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What happened, and what was done. What it said before stays in the timeline.",
    )

    def clean_note(self) -> str:
        return _unix_lines(self.cleaned_data["note"])


class ReclassifyForm(forms.Form):
    cause = forms.ChoiceField(
        label="Cause",
        choices=[(cause.value, cause.label) for cause in IncidentCause],
        help_text="Planned time is maintenance; the monitor's fault and excluded time are unknown.",
    )
    reason = forms.CharField(max_length=MAX_REASON_LENGTH, label="Why")
    since = forms.CharField(required=False, label="From", widget=WHEN)
    until = forms.CharField(
        required=False,
        label="To",
        widget=WHEN,
        help_text="Leave both empty for the whole incident.",
    )
    zone = zone_field()

    def clean_reason(self) -> str:
        reason = one_line(self.cleaned_data["reason"])
        if not reason:
            raise ValidationError("Say why in words that can be seen.")
        return reason

    def clean(self) -> dict[str, Any]:
        zone = read_zone(self.cleaned_data.get("zone", ""))
        for name in ("since", "until"):
            text = self.cleaned_data.get(name, "")
            moment = read_moment(text, zone)
            if text and moment is None:
                self.add_error(name, f"A moment looks like 2026-03-01T12:00. {OUT_OF_RANGE}")
            self.cleaned_data[name] = moment
        return self.cleaned_data

    def chosen_cause(self) -> IncidentCause:
        return IncidentCause(self.cleaned_data["cause"])

    def stretch(self) -> tuple[datetime | None, datetime | None]:
        return self.cleaned_data["since"], self.cleaned_data["until"]


def _unix_lines(text: str) -> str:
    # Browsers send what was typed with other ends of lines than it came with.
    return text.replace("\r\n", "\n")
