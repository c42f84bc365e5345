"""The query string of a report: which range, of which services, against which target."""

from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from monitors.domain.report_ranges import Preset, Range
from monitors.domain.reports import DEFAULT_TARGET_PERCENT
from monitors.interfaces.moments import FIRST_YEAR, LAST_YEAR, OUT_OF_RANGE
from monitors.interfaces.time_zones import zones_to_choose
from monitors.queries.reports import Scope

from .chosen_services import ServicesField, by_name_or_address
from .tag_names import MAX_TEXT_LENGTH, read_tags

CUSTOM = "custom"
PERIODS = [*((preset.value, preset.label) for preset in Preset), (CUSTOM, "Other days")]
WORST, BY_NAME = "worst", "name"
ORDERS = [(WORST, "Worst first"), (BY_NAME, "By name")]
_DEFAULTS = {
    "period": Preset.LAST_MONTH.value,
    "target": str(DEFAULT_TARGET_PERCENT),
    "order": WORST,
}
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TargetField(forms.FloatField):
    """A target in per cent."""

    def __init__(self) -> None:
        super().__init__(
            label="Target in %",
            max_value=100,
            widget=forms.NumberInput(attrs={"step": "any", "min": "0", "max": "100"}),
        )

    def clean(self, value: Any) -> float | None:
        target: float | None = super().clean(value)
        if target is not None and target <= 0:
            raise ValidationError("A target is above 0 %.", code="invalid")
        return target


class ScopeFields(forms.Form):
    """Which services: all, or those with a tag and those that are chosen."""

    tags = forms.CharField(
        required=False,
        max_length=MAX_TEXT_LENGTH,
        help_text="Separated by commas.",
        widget=forms.TextInput(attrs={"list": "tag-names"}),
    )
    services = ServicesField(required=False)
    others = forms.CharField(
        label="Other services",
        required=False,
        max_length=20_000,
        help_text="Services not listed above: one name or URL per line.",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )

    def clean_tags(self) -> list[str]:
        return read_tags(self.cleaned_data["tags"])

    def clean_others(self) -> list[int]:
        return by_name_or_address(self.cleaned_data["others"])

    def list_services(self) -> bool:
        """Fill the list to choose from, and say whether there are more services than that."""
        services = self.fields["services"]
        chosen = self["services"].value() or ()
        return isinstance(services, ServicesField) and services.list_choices(chosen)

    def chosen(self) -> list[int]:
        """The numbers of the services that a valid form names."""
        return sorted({*self.cleaned_data["services"], *self.cleaned_data["others"]})


class ReportForm(ScopeFields):
    """Checks what a query asks for; by default the last month of all services."""

    period = forms.ChoiceField(label="Range", choices=PERIODS)
    first = forms.DateField(required=False, label="From", widget=_DAY)
    last = forms.DateField(required=False, label="To", widget=_DAY)
    zone = forms.ChoiceField(label="Time zone")
    target = TargetField()
    order = forms.ChoiceField(choices=ORDERS)

    in_sight = ("period", "first", "last", "zone", "target", "tags", "order")

    def __init__(self, query: QueryDict) -> None:
        super().__init__(_filled_up(query))
        zone = self.fields["zone"]
        if isinstance(zone, forms.ChoiceField):
            zone.choices = [(name, name) for name in zones_to_choose()]

    def clean_first(self) -> date | None:
        return _usable(self.cleaned_data["first"])

    def clean_last(self) -> date | None:
        return _usable(self.cleaned_data["last"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("period") == CUSTOM and not {"first", "last"} & set(self.errors):
            self._refuse_bad_days(values["first"], values["last"])
        return values

    def _refuse_bad_days(self, first: date | None, last: date | None) -> None:
        for name, day in (("first", first), ("last", last)):
            if day is None:
                self.add_error(name, "Choose a day.")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first.")

    def range_fields(self) -> list[forms.BoundField]:
        """Give the fields that always stand on the page."""
        return [self[name] for name in self.in_sight]

    def names_services(self) -> bool:
        """Whether services are chosen, or wrongly so."""
        return any(self[name].value() or self[name].errors for name in ("services", "others"))

    def place(self) -> tzinfo:
        """The time zone of a valid form."""
        return ZoneInfo(self.cleaned_data["zone"])

    def range(self, now: datetime) -> Range:
        values = self.cleaned_data
        if values["period"] == CUSTOM:
            return Range.of_days(values["first"], values["last"], self.place())
        return Preset(values["period"]).range(now, self.place())

    def is_narrowed(self) -> bool:
        return bool(self.cleaned_data["tags"] or self.chosen())

    def scope(self) -> Scope:
        return Scope(tuple(self.cleaned_data["tags"]), tuple(self.chosen()))


def _filled_up(query: QueryDict) -> QueryDict:
    """Give a query all that a report must know."""
    filled = query.copy()
    for name, value in _DEFAULTS.items():
        if not filled.get(name):
            filled[name] = value
    if not filled.get("zone"):
        filled["zone"] = timezone.get_current_timezone_name()
    return filled


def _usable(day: date | None) -> date | None:
    # Its midnight must be a moment in every time zone, and so must the next day's.
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(OUT_OF_RANGE, code="invalid")
    return day
