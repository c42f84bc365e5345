"""A schedule of reports: what was typed becomes clean values, or a clear answer."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from monitors.domain.alerting import ChannelKind
from monitors.domain.names import checked_name
from monitors.domain.report_ranges import Every
from monitors.domain.reports import DEFAULT_TARGET_PERCENT
from monitors.domain.spec import BadSetting
from monitors.interfaces.time_zones import zones_to_choose
from monitors.models import Channel, ReportSchedule
from monitors.models.service import MAX_NAME_LENGTH

from .report import ScopeFields, TargetField

COLUMNS = ("name", "channel", "every", "time_zone", "target_percent", "enabled")


class ReportScheduleForm(ScopeFields):
    name = forms.CharField(
        max_length=MAX_NAME_LENGTH, help_text="The subject of the mail begins with it."
    )
    channel = forms.ModelChoiceField(
        label="To",
        queryset=Channel.objects.filter(kind=ChannelKind.EMAIL.value),
        empty_label=None,
        help_text="An e-mail channel.",
    )
    every = forms.ChoiceField(
        label="How often",
        choices=[(every.value, every.label) for every in Every],
        help_text="At 07:00 on Monday, or on the first of the month.",
    )
    time_zone = forms.ChoiceField()
    target_percent = TargetField()
    enabled = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict | None, schedule: ReportSchedule | None) -> None:
        super().__init__(data, initial=_initial(schedule))
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField):
            stored = [schedule.time_zone] if schedule else []
            zone.choices = [(name, name) for name in zones_to_choose(*stored)]

    def clean_name(self) -> str:
        try:
            return checked_name(self.cleaned_data["name"])
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None

    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in COLUMNS]

    def settings(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in COLUMNS}


def _initial(schedule: ReportSchedule | None) -> dict[str, Any]:
    if schedule is None:
        return {
            "name": "Uptime report",
            "every": Every.MONTHLY.value,
            "time_zone": timezone.get_current_timezone_name(),
            "target_percent": DEFAULT_TARGET_PERCENT,
            "enabled": True,
        }
    return {name: getattr(schedule, name) for name in COLUMNS} | {
        "tags": ", ".join(schedule.tags.values_list("name", flat=True)),
        "services": list(schedule.services.values_list("pk", flat=True)),
    }
