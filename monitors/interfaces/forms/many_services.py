"""What is to be done with services that were chosen on the list."""

from enum import StrEnum
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from monitors.domain.tags import MAX_TAG_LENGTH

from .filters import read_id

MAX_SERVICES = 20_000
# Each takes its history along, in a transaction of its own, while the browser waits.
MAX_DELETED = 500
MAX_LENGTH = MAX_SERVICES * 12


class Change(StrEnum):
    """What can be done with many at once; in this order it is offered."""

    CHECK = "check"
    PAUSE = "pause"
    RESUME = "resume"
    ADD_TAG = "add-tag"
    REMOVE_TAG = "remove-tag"
    SETTING = "setting"
    DELETE = "delete"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def needs_tag(self) -> bool:
        return self in {Change.ADD_TAG, Change.REMOVE_TAG}

    @property
    def most(self) -> int:
        """How many services it may be done with in one go."""
        return MAX_DELETED if self is Change.DELETE else MAX_SERVICES


_LABELS = {
    Change.CHECK: "Check now",
    Change.PAUSE: "Pause",
    Change.RESUME: "Resume",
    Change.ADD_TAG: "Add a tag",
    Change.REMOVE_TAG: "Remove a tag",
    Change.SETTING: "Change a setting",
    Change.DELETE: "Delete",
}


class IdsField(forms.CharField):
    """Takes numbers of services with commas between them; gives them as a list."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        parts = str(super().to_python(value) or "").split(",")
        numbers = [read_id(part) for part in parts if part]
        if None in numbers:
            raise ValidationError("Services are named by their numbers.", code="invalid")
        return numbers


class ManyServicesForm(forms.Form):
    """Takes what is to be done; with which services is looked up beside it."""

    change = forms.ChoiceField(
        label="Action", choices=[(change.value, change.label) for change in Change]
    )
    tag = forms.CharField(
        required=False,
        max_length=MAX_TAG_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Tag"}),
    )
    ids = IdsField(required=False, max_length=MAX_LENGTH)

    def clean_tag(self) -> str:
        tag = str(self.cleaned_data["tag"]).strip()
        if "," in tag:
            raise ValidationError("One tag at a time: no commas.", code="invalid")
        return tag

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        change = found.get("change")
        if change and Change(change).needs_tag and "tag" in found and not found["tag"]:
            self.add_error("tag", ValidationError("Which tag?", code="required"))
        return found

    @property
    def wanted(self) -> Change:
        return Change(self.cleaned_data["change"])
