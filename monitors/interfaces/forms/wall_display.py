"""A wall display: its name, and which services it shows."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from monitors.domain.names import checked_name
from monitors.domain.spec import BadSetting
from monitors.domain.wall import MAX_NAME_LENGTH, MOST_DISPLAYS
from monitors.models import Tag, WallDisplay


class WallDisplayForm(forms.Form):
    name = forms.CharField(
        max_length=MAX_NAME_LENGTH, help_text="Shown on the display, such as where it hangs."
    )
    tag = forms.ModelChoiceField(
        Tag.objects.all(), label="Services", required=False, empty_label="All services"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tag"].label_from_instance = _with_tag  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        try:
            return checked_name(self.cleaned_data["name"])
        except BadSetting as error:
            raise ValidationError(str(error), code="invalid") from error

    def clean(self) -> dict[str, Any]:
        if not self.errors and WallDisplay.objects.count() >= MOST_DISPLAYS:
            raise ValidationError(
                f"There are {MOST_DISPLAYS} wall displays already. Delete one first.", code="many"
            )
        return self.cleaned_data


def _with_tag(tag: Tag) -> str:
    return f"With the tag {tag.name}"
