"""A field that takes some of the services, from a list that stays short however many there are."""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from monitors.models import Service

from .filters import read_id

# A longer list is not read to its end; what is chosen already is listed in any case.
LISTED = 200
MAX_CHOSEN = 500


class ServicesField(forms.Field):
    """Takes the numbers of services; gives them as a sorted list."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[int]:
        chosen = [str(part) for part in value or ()]
        if len(chosen) > MAX_CHOSEN:
            raise ValidationError(f"At most {MAX_CHOSEN} services.", code="invalid")
        ids = {text: read_id(text) for text in chosen}
        known = existing({number for number in ids.values() if number is not None})
        for text, number in ids.items():
            if number not in known:
                raise ValidationError(f"There is no service {text[:20]}.", code="invalid")
        return sorted(known)

    def list_choices(self, chosen: Iterable[object]) -> bool:
        """Fill the list that is chosen from, and say whether there are more services than that."""
        numbers = [number for part in chosen if (number := read_id(str(part))) is not None]
        named = Service.objects.order_by("name", "id").values_list("pk", "name")
        first = list(named[: LISTED + 1])
        listed = dict(named.filter(pk__among=numbers[:MAX_CHOSEN])) | dict(first[:LISTED])
        self.widget.choices = list(listed.items())
        return len(first) > LISTED


def existing(ids: Collection[int]) -> set[int]:
    return set(Service.objects.filter(pk__among=ids).values_list("pk", flat=True))


def by_name_or_address(text: str) -> list[int]:
    """Find services that are named a line each. Raises ValidationError with those that are none."""
    lines = {line.strip() for line in text.splitlines()} - {""}
    if len(lines) > MAX_CHOSEN:
        raise ValidationError(f"At most {MAX_CHOSEN} services.", code="invalid")
    found = [
        *Service.objects.filter(name__in=lines).values_list("pk", "name"),
        *Service.objects.filter(url__in=lines).values_list("pk", "url"),
    ]
    unknown = sorted(lines - {word for _, word in found})
    if unknown:
        raise ValidationError(f"There is no service “{unknown[0][:80]}”.", code="invalid")
    return [pk for pk, _ in found]
