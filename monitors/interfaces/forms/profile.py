"""A person's choices for themselves."""

from typing import Any

from django import forms
from django.utils import timezone

from monitors.domain.preferences import Theme
from monitors.interfaces.time_zones import zone_names
from monitors.models import Profile


class ProfileForm(forms.Form):
    time_zone = forms.ChoiceField(
        required=False,
        help_text="Used for every time on the pages and for the times you type into filters.",
    )
    theme = forms.ChoiceField(
        choices=[(theme.value, theme.label) for theme in Theme], widget=forms.RadioSelect
    )

    def __init__(self, data: Any, profile: Profile) -> None:
        initial = {"time_zone": profile.time_zone, "theme": profile.theme}
        super().__init__(data, initial=initial)
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField):
            zone.choices = _zones()

    def chosen_theme(self) -> Theme:
        return Theme(self.cleaned_data["theme"])


def _zones() -> list[tuple[str, str]]:
    site = timezone.get_default_timezone_name()
    others = [(name, name) for name in zone_names() if name != site]
    return [("", "Same as my browser"), (site, f"{site} (this site)"), *others]
