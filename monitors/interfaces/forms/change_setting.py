"""One setting of many services: which it is, and each service's form with its new value."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from monitors.models import Service
from monitors.models.fields import secret_fields

from .meanwhile import told
from .service import ServiceForm, unchanged
from .service_fields import COLUMNS, GROUPS, UNITS

# Each is judged by the whole form, and stored in a transaction of its own.
MAX_CHANGED = 500
_TOLD = 5
# A service has these for itself, has an action of its own for them, or needs two of them at once.
_NOT_FOR_MANY = {
    "name",
    "url",
    "tags",
    "paused",
    "forget_secrets",
    "username",
    "password",
    "client_certificate",
    "client_key",
}


def _choices() -> Iterator[tuple[str, Any]]:
    form = ServiceForm()
    yield ("", "Choose a setting")
    for title, _, names in GROUPS:
        offered = [(name, str(form[name].label)) for name in names if name not in _NOT_FOR_MANY]
        if offered:
            yield (title, offered)


class SettingForm(forms.Form):
    """Takes which setting is to change."""

    setting = forms.ChoiceField(choices=_choices)


def field_of(setting: str) -> BoundField:
    """Give the field in which the new value of a setting is typed, with its default in it."""
    return ServiceForm()[setting]


def with_setting(service: Service, setting: str, data: Mapping[str, str]) -> ServiceForm:
    """Give the form of a service in which one setting is as typed, all others as they are."""
    values = unchanged(service)
    values.pop(setting, None)
    if setting in data:
        values[setting] = data[setting]
    return ServiceForm(values, instance=service)


def present_values(service_ids: Collection[int], setting: str) -> list[tuple[str, int]]:
    """Tell the values that services have, most frequent first, with how many have each.

    None of a secret, nor of what is no column.
    """
    if setting not in COLUMNS or setting in secret_fields(Service):
        return []
    values = Service.objects.filter(pk__among=service_ids).values_list(setting, flat=True)
    unit = UNITS.get(setting, "")
    counted = Counter(values.iterator()).most_common()
    shown = [(_with_unit(told(value), unit), count) for value, count in counted[:_TOLD]]
    rest = sum(count for _, count in counted[_TOLD:])
    return [*shown, ("other values", rest)] if rest else shown


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if unit and text != "empty" else text
