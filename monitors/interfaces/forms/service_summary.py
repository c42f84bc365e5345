"""What is set in a section of the form of a service, told while the section is closed."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.forms import ModelForm

from monitors.domain.wording import one_line
from monitors.models import Service
from monitors.models.fields import secret_fields

from .service_fields import COLUMNS, UNITS

_SHOWN = 3
_MAX_LENGTH = 30


def told_of(form: ModelForm[Service], names: Sequence[str]) -> str:
    """Tell what is set otherwise than by default: “Method POST, Password, 2 more”."""
    told = list(_told(form, names))
    more = len(told) - _SHOWN
    return ", ".join([*told[:_SHOWN], *([f"{more} more"] if more > 0 else [])])


def _told(form: ModelForm[Service], names: Sequence[str]) -> Iterator[str]:
    default, secrets = Service(), secret_fields(Service)
    for name in names:
        label = str(form.fields[name].label or name.replace("_", " ").capitalize())
        if name not in COLUMNS:
            if form.initial.get(name):
                yield label
            continue
        value = getattr(form.instance, name)
        if value == getattr(default, name):
            continue
        yield label if name in secrets else _setting(label, value, UNITS.get(name, ""))


def _setting(label: str, value: Any, unit: str) -> str:
    """Write a setting with its value, where that is short."""
    if isinstance(value, bool):
        return f"{label}: {'on' if value else 'off'}"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if not text:
        return f"{label}: none"
    short = one_line(text)
    return f"{label}: {short} {unit}".rstrip() if len(short) <= _MAX_LENGTH else label
