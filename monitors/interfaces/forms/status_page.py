"""A status page and its posts: what was typed becomes clean values, or a clear answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from monitors.actions.status_pages import Draft, Shown
from monitors.domain.names import checked_name
from monitors.domain.spec import BadSetting
from monitors.domain.status_pages import (
    MAX_SLUG_LENGTH,
    Stage,
    Visibility,
    checked_accent,
    checked_slug,
)
from monitors.models import StatusComponent, StatusPage
from monitors.models.service import MAX_NAME_LENGTH
from monitors.models.status_page import MAX_TEXT_LENGTH

from .chosen_services import ServicesField, by_name_or_address

COLUMNS = ("title", "slug", "text", "accent", "visibility", "published", "shows_messages")
MOST_COMPONENTS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A component in the form: its position, name and group."""

    component: StatusComponent
    fields: tuple[forms.BoundField, ...]


class StatusPageForm(forms.Form):
    title = forms.CharField(max_length=MAX_NAME_LENGTH)
    slug = forms.CharField(
        label="Address", max_length=MAX_SLUG_LENGTH, help_text="The page is at /status/…/."
    )
    text = forms.CharField(
        required=False,
        max_length=MAX_TEXT_LENGTH,
        help_text="Shown below the title.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    accent = forms.CharField(
        label="Accent colour", required=False, max_length=7, help_text="Like #1f5f7a."
    )
    visibility = forms.ChoiceField(choices=[(each.value, each.label) for each in Visibility])
    published = forms.BooleanField(
        required=False, help_text="Until then only people who are logged in see it, as a preview."
    )
    shows_messages = forms.BooleanField(
        label="Show error messages",
        required=False,
        help_text="They may name hosts and addresses.",
    )
    services = ServicesField(required=False)
    others = forms.CharField(
        label="Other services",
        required=False,
        max_length=20_000,
        help_text="Services not listed above: one name or URL per line.",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )

    def __init__(self, data: QueryDict | None, page: StatusPage | None) -> None:
        super().__init__(data, initial=_initial(page))
        self._components = list(page.components.all()) if page else []
        for component in self._components:
            self._add_fields_of(component)

    def _add_fields_of(self, component: StatusComponent) -> None:
        pk = component.service_id
        self.fields[f"name_{pk}"] = forms.CharField(
            label=f"Public name of {component.name}",
            max_length=MAX_NAME_LENGTH,
            initial=component.name,
        )
        self.fields[f"group_{pk}"] = forms.CharField(
            label=f"Group of {component.name}",
            required=False,
            max_length=MAX_NAME_LENGTH,
            initial=component.group,
        )
        self.fields[f"position_{pk}"] = forms.IntegerField(
            label=f"Position of {component.name}",
            min_value=0,
            max_value=10_000,
            initial=component.position + 1,
        )

    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in COLUMNS]

    def rows(self) -> Iterator[Row]:
        """Give the fields of each component that is there already."""
        for component in self._components:
            pk = component.service_id
            fields = (self[f"{word}_{pk}"] for word in ("position", "name", "group"))
            yield Row(component, tuple(fields))

    def list_services(self) -> bool:
        """Fill the list to choose from, and say whether there are more services than that."""
        field = self.fields["services"]
        return isinstance(field, ServicesField) and field.list_choices(
            self["services"].value() or ()
        )

    def clean_slug(self) -> str:
        return _checked(checked_slug, self.cleaned_data["slug"])

    def clean_accent(self) -> str:
        return _checked(checked_accent, self.cleaned_data["accent"])

    def clean_title(self) -> str:
        return _checked(checked_name, self.cleaned_data["title"])

    def clean_others(self) -> list[int]:
        return by_name_or_address(self.cleaned_data["others"])

    def clean(self) -> dict[str, Any]:
        chosen = {*self.cleaned_data.get("services", ()), *self.cleaned_data.get("others", ())}
        if len(chosen) > MOST_COMPONENTS:
            self.add_error("services", f"At most {MOST_COMPONENTS} services on a page.")
        for name, value in self.cleaned_data.items():
            if name.startswith(("name_", "group_")) and value:
                try:
                    checked_name(value)
                except BadSetting as bad:
                    self.add_error(name, str(bad))
        return self.cleaned_data

    def settings(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in COLUMNS}

    def shown(self) -> list[Shown]:
        """Give what the page is to show, in order; what is new comes last."""
        given = self.cleaned_data
        known = {component.service_id for component in self._components}
        chosen = sorted({*given["services"], *given["others"]})
        chosen.sort(key=lambda pk: given[f"position_{pk}"] if pk in known else 1_000_000)
        return [
            Shown(pk, given[f"name_{pk}"], given[f"group_{pk}"]) if pk in known else Shown(pk)
            for pk in chosen
        ]


class PostForm(forms.Form):
    """An update on a notice."""

    stage = forms.ChoiceField(choices=[(stage.value, stage.label) for stage in Stage])
    text = forms.CharField(
        label="Update", max_length=MAX_TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )

    def stage_given(self) -> Stage:
        return Stage(self.cleaned_data["stage"])


class NoticeForm(PostForm):
    """A notice with its first update."""

    title = forms.CharField(max_length=MAX_NAME_LENGTH)
    components = forms.MultipleChoiceField(
        label="Affected", required=False, widget=forms.CheckboxSelectMultiple
    )
    incident = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    incident.widget = forms.HiddenInput()

    field_order = ("title", "components", "stage", "text")

    def __init__(
        self, data: QueryDict | None, page: StatusPage, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        components = self.fields["components"]
        if isinstance(components, forms.MultipleChoiceField):
            components.choices = [(str(each.pk), each.name) for each in page.components.all()]

    def clean_title(self) -> str:
        return _checked(checked_name, self.cleaned_data["title"])

    def draft(self) -> Draft:
        given = self.cleaned_data
        components = [int(pk) for pk in given["components"]]
        return Draft(given["title"], components, given["incident"])


def _checked(check: Any, text: str) -> str:
    try:
        return str(check(text))
    except BadSetting as bad:
        raise ValidationError(str(bad), code="invalid") from None


def _initial(page: StatusPage | None) -> dict[str, Any]:
    if page is None:
        return {"visibility": Visibility.PUBLIC.value}
    return {name: getattr(page, name) for name in COLUMNS} | {
        "services": list(page.components.values_list("service_id", flat=True))
    }
