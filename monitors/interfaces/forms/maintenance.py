"""Maintenance as a person plans it on a page."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from monitors.actions.maintenance import Plan
from monitors.actions.occurrences import schedule_of
from monitors.domain.maintenance import (
    LONGEST,
    BadSchedule,
    Schedule,
    Span,
    checked,
    coming,
    past_count,
    zones,
)
from monitors.domain.names import checked_name
from monitors.domain.recurrence import MAX_RULE_LENGTH
from monitors.domain.repeats import DAYS, Repeats, Repetition, in_words, repetition_of
from monitors.domain.spec import BadSetting
from monitors.interfaces.moments import BadMoment, usable
from monitors.models import MaintenanceWindow
from monitors.models.service import MAX_NAME_LENGTH

from .chosen_services import ServicesField, by_name_or_address
from .tag_names import MAX_TEXT_LENGTH, read_tags

ALL, SOME = "all", "some"
WHEN = "%Y-%m-%dT%H:%M"
PREVIEWED = 5
MINUTE_S = 60
_FIELD_OF = {"duration_s": "minutes"}


class MaintenanceForm(forms.Form):
    name = forms.CharField(
        max_length=MAX_NAME_LENGTH, help_text="What is being done, like “Database move”."
    )
    starts_at = forms.CharField(
        label="Starts",
        max_length=30,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN),
        help_text="The first start, in the time zone below.",
    )
    time_zone = forms.ChoiceField()
    minutes = forms.IntegerField(
        label="Duration",
        min_value=1,
        max_value=int(LONGEST.total_seconds()) // MINUTE_S,
        initial=60,
    )
    repeats = forms.ChoiceField(choices=[(each.value, each.label) for each in Repeats])
    weekdays = forms.MultipleChoiceField(
        label="On",
        required=False,
        choices=list(DAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="None: the weekday of the first start.",
    )
    rrule = forms.CharField(
        label="Rule",
        required=False,
        max_length=MAX_RULE_LENGTH,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text="Like FREQ=MONTHLY;BYDAY=1SU or FREQ=WEEKLY;INTERVAL=2;BYDAY=TH (RFC 5545).",
    )
    until = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Leave empty to repeat without end.",
    )
    about = forms.ChoiceField(
        label="For",
        choices=[(ALL, "All services"), (SOME, "Only these")],
        widget=forms.RadioSelect,
        initial=SOME,
    )
    tags = forms.CharField(
        required=False,
        max_length=MAX_TEXT_LENGTH,
        help_text="Separated by commas: every service with one of them.",
    )
    services = ServicesField(required=False)
    others = forms.CharField(
        label="Other services",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Names or URLs, one per line.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        now: datetime,
        window: MaintenanceWindow | None = None,
        service_id: int | None = None,
    ) -> None:
        super().__init__(data)
        self._now, self._window = now, window
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField):
            zone.choices = [(name, name.replace("_", " ")) for name in sorted(zones())]
        self.initial = _stored(window) if window else _proposed(service_id)
        services = self.fields["services"]
        chosen = self["services"].value() or ()
        self.has_more_services = isinstance(services, ServicesField) and services.list_choices(
            chosen
        )
        cast("Any", self.fields["minutes"]).unit = "minutes"

    def clean_name(self) -> str:
        try:
            return checked_name(self.cleaned_data["name"])
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None

    def clean_starts_at(self) -> datetime:
        """Read a time that has no zone yet."""
        try:
            moment = parse_datetime(self.cleaned_data["starts_at"])
        except ValueError:
            moment = None
        if moment is None:
            raise ValidationError("A day and a time, like 2026-12-01 22:00.", code="invalid")
        return moment.replace(tzinfo=None)

    def clean_tags(self) -> list[str]:
        return read_tags(self.cleaned_data["tags"])

    def clean_others(self) -> list[int]:
        return by_name_or_address(self.cleaned_data["others"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not {"starts_at", "time_zone", "minutes", "repeats", "until"} & set(self.errors):
            self._read_schedule(values)
        if not {"tags", "services", "others"} & set(self.errors):
            self._read_scope(values)
        return values

    def _read_schedule(self, values: dict[str, Any]) -> None:
        first = values["starts_at"]
        try:
            schedule = Schedule(
                self._start(values),
                self._length(values),
                self._rule(values, first),
                values["time_zone"],
            )
            values["schedule"] = checked(schedule, self._now)
        except BadMoment as bad:
            self.add_error("starts_at", str(bad))
        except BadSchedule as bad:
            self._blame(_FIELD_OF.get(bad.field, bad.field), str(bad))

    def _start(self, values: dict[str, Any]) -> datetime:
        """Give the first time; where it was left alone with the seconds that the page shows not."""
        first, zone = values["starts_at"], values["time_zone"]
        if self._window and (first.strftime(WHEN), zone) == self._shown("starts_at", "time_zone"):
            return self._window.starts_at
        return usable(first, ZoneInfo(zone))

    def _length(self, values: dict[str, Any]) -> timedelta:
        if self._window and (values["minutes"],) == self._shown("minutes"):
            return timedelta(seconds=self._window.duration_s)
        return timedelta(seconds=values["minutes"] * MINUTE_S)

    def _shown(self, *names: str) -> tuple[Any, ...]:
        return tuple(self.initial[name] for name in names)

    def _rule(self, values: dict[str, Any], first: datetime) -> str:
        repeats = Repeats(values["repeats"])
        if repeats is not Repeats.CUSTOM:
            days = tuple(values.get("weekdays") or ())
            return Repetition(repeats, days, values.get("until")).rule(first)
        if not values.get("rrule", "").strip():
            raise BadSchedule("rrule", "Give a rule, or choose how it repeats.")
        return str(values["rrule"]).strip()

    def _blame(self, field: str, sentence: str) -> None:
        if field == "rrule" and self.cleaned_data["repeats"] != Repeats.CUSTOM.value:
            field = "until" if self.cleaned_data.get("until") else "repeats"
        self.add_error(field, sentence)

    def _read_scope(self, values: dict[str, Any]) -> None:
        services = {*values["services"], *values["others"]}
        is_all = values.get("about") == ALL
        if values.get("about") == SOME and not services and not values["tags"]:
            self.add_error("about", "Name a tag or a service, or choose all services.")
        values["service_ids"] = frozenset() if is_all else frozenset(services)
        values["tag_names"] = frozenset() if is_all else frozenset(values["tags"])

    def plan(self) -> Plan:
        """Give what is planned; of a valid form."""
        values = self.cleaned_data
        return Plan(
            values["name"],
            values["schedule"],
            values["service_ids"],
            values["tag_names"],
            for_all=values["about"] == ALL,
        )

    @property
    def schedule(self) -> Schedule | None:
        """What is known of the times, even where other fields are wrong."""
        if not self.is_bound:
            return schedule_of(self._window) if self._window else None
        self.full_clean()
        return self.cleaned_data.get("schedule")

    @property
    def preview(self) -> list[Span]:
        return coming(self.schedule, self._now, PREVIEWED) if self.schedule else []

    @property
    def past(self) -> int:
        """How many times in the past are charged when it is saved."""
        schedule = self.schedule
        if schedule is None or (self._window and not self._moves(schedule)):
            return 0
        return past_count(schedule, self._now)

    def _moves(self, schedule: Schedule) -> bool:
        """Tell whether a change may reach into the past: only that of one that comes once."""
        return (
            schedule.is_once and self._window is not None and schedule != schedule_of(self._window)
        )

    @property
    def zone(self) -> str:
        return self.schedule.time_zone if self.schedule else "UTC"

    @property
    def words(self) -> str:
        return in_words(self.schedule.rrule) if self.schedule else ""


def _proposed(service_id: int | None) -> dict[str, Any]:
    return {
        "time_zone": timezone.get_current_timezone_name(),
        "services": [service_id] if service_id else [],
    }


def _stored(window: MaintenanceWindow) -> dict[str, Any]:
    schedule = schedule_of(window)
    first = schedule.starts_at.astimezone(ZoneInfo(schedule.time_zone))
    repetition = repetition_of(schedule.rrule, first)
    tags = list(window.tags.values_list("name", flat=True))
    services = list(window.services.values_list("pk", flat=True))
    return {
        "name": window.name,
        "starts_at": first.strftime(WHEN),
        "time_zone": window.time_zone,
        "minutes": window.duration_s // MINUTE_S,
        "repeats": repetition.repeats.value,
        "weekdays": list(repetition.days),
        "until": repetition.until,
        "rrule": schedule.rrule if repetition.repeats is Repeats.CUSTOM else "",
        "about": SOME if tags or services or window.orphaned else ALL,
        "tags": ", ".join(tags),
        "services": services,
    }
