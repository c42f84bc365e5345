"""What a channel is about: all services, or those with some tags and those that are chosen."""

from typing import Any, cast

from django import forms

from monitors.models import Channel

from .channel_fields import ABOUT, ALL, SOME
from .chosen_services import ServicesField, by_name_or_address
from .tag_names import MAX_TEXT_LENGTH, read_tags

_NAMES = {"tags", "services", "others"}


class ScopeForm(forms.ModelForm[Channel]):
    """The part of a channel's form that says which services it is about."""

    about = forms.ChoiceField(choices=ABOUT, required=False, widget=forms.RadioSelect)
    tags = forms.CharField(required=False, max_length=MAX_TEXT_LENGTH)
    services = ServicesField(required=False)
    others = forms.CharField(
        label="Other services",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )

    def clean_tags(self) -> list[str]:
        return read_tags(self.cleaned_data["tags"])

    def clean_others(self) -> list[int]:
        return by_name_or_address(self.cleaned_data["others"])

    def tag_names(self) -> list[str] | None:
        """The tags; None where nothing was said of them."""
        return list(self.cleaned_data["tags"]) if self._speaks_of("tags") else None

    def service_ids(self) -> list[int] | None:
        """The services; None where nothing was said of them."""
        return list(self.cleaned_data["services"]) if self._speaks_of("services") else None

    def list_services(self) -> bool:
        """Fill the list of services, and say whether there are more than it has."""
        field = cast("ServicesField", self.fields["services"])
        return field.list_choices(self._chosen_services())

    def show_scope(self) -> None:
        """Let the form begin with what the channel is about."""
        self.initial["about"] = ALL
        if self.instance.pk:
            tags = [tag.name for tag in self.instance.tags.all()]
            services = [service.pk for service in self.instance.services.all()]
            self.initial["tags"], self.initial["services"] = ", ".join(tags), services
            self.initial["about"] = SOME if tags or services or self.instance.orphaned else ALL

    def settle_scope(self, values: dict[str, Any]) -> None:
        """Make one list of the services, and refuse some that are none."""
        values["services"] = sorted({*values.get("services", ()), *values.pop("others", ())})
        if values.get("about") == ALL:
            values["tags"], values["services"] = [], []
        chosen = values.get("tags") or values["services"]
        if values.get("about") == SOME and not chosen and not _NAMES & set(self.errors):
            self.add_error("about", "Give a tag or choose a service.")

    def _speaks_of(self, name: str) -> bool:
        # Of a list in which nothing is ticked a browser sends nothing, but always what it is about.
        return not self.instance.pk or name in self.data or bool(self.data.get("about"))

    def _chosen_services(self) -> list[Any]:
        if self.is_bound:
            widget, name = self.fields["services"].widget, self.add_prefix("services")
            return list(widget.value_from_datadict(self.data, {}, name) or ())
        return list(self.initial.get("services", ()))
