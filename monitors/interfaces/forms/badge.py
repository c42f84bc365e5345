"""Badges: what a page is made for, and what the query of an address asks."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from monitors.domain.badges import (
    DEFAULT_RANGE,
    RANGES,
    Figure,
    Subject,
    SubjectKind,
    Wanted,
    checked_label,
)
from monitors.domain.spec import BadSetting
from monitors.domain.targets import MAX_URL_LENGTH
from monitors.models import Service, StatusPage, Tag

from .chosen_services import LISTED, by_name_or_address
from .filters import read_id


def read_wanted(figure: Figure, query: Mapping[str, str]) -> Wanted:
    """Read which range is asked for. Raises BadSetting."""
    if figure is not Figure.UPTIME:
        return Wanted(figure)
    name = query.get("range", DEFAULT_RANGE)
    if name not in RANGES:
        raise BadSetting(f"A range is one of {', '.join(RANGES)}.")
    return Wanted(figure, name)


def read_label(query: Mapping[str, str]) -> str:
    """Read the label that is asked for; empty for the usual one. Raises BadSetting."""
    text = query.get("label", "")
    return checked_label(text) if text else ""


def read_subject(query: Mapping[str, str]) -> Subject | None:
    """Read of what badges are shown, or one is to be made: `service=1`, `tag=2`."""
    for kind in SubjectKind:
        number = read_id(query.get(kind.value, ""))
        if number is not None:
            return Subject(kind, number)
    return None


class BadgeForm(forms.Form):
    subject = forms.CharField(label="Badge of", required=False, max_length=40, widget=forms.Select)
    other = forms.CharField(
        label="Another service",
        required=False,
        max_length=MAX_URL_LENGTH,
        help_text="One not listed above: its name or URL.",
    )

    def __init__(self, data: QueryDict | None, proposed: Subject | None) -> None:
        super().__init__(data, initial={"subject": _written(proposed) if proposed else ""})
        chosen = _read(str(self["subject"].value() or ""))
        listed = [_listed(kind, chosen) for kind in reversed(SubjectKind)]
        self.has_more_services = len(listed[-1]) > LISTED
        groups = [
            (f"{kind.label}s", names)
            for kind, names in zip(reversed(SubjectKind), listed, strict=True)
            if names
        ]
        widget = cast("forms.Select", self.fields["subject"].widget)
        widget.choices = [("", "Choose one"), *groups]

    def clean_subject(self) -> Subject | None:
        text = self.cleaned_data["subject"]
        subject = _read(text)
        if text and (subject is None or not _is_there(subject)):
            raise ValidationError("That is not there any more. Choose another.", code="invalid")
        return subject

    def clean_other(self) -> Subject | None:
        found = by_name_or_address(self.cleaned_data["other"])
        if len(set(found)) > 1:
            raise ValidationError("Several services have this name: use its URL.", code="invalid")
        return Subject(SubjectKind.SERVICE, found[0]) if found else None

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors and not (given["subject"] or given["other"]):
            self.add_error("subject", "Choose a service, a tag or a status page.")
        return given

    def chosen(self) -> Subject:
        """Give what was chosen; of a valid form. What was typed counts before what was listed."""
        return cast("Subject", self.cleaned_data["other"] or self.cleaned_data["subject"])


_NAMED: dict[SubjectKind, tuple[Any, str]] = {
    SubjectKind.SERVICE: (Service.objects, "name"),
    SubjectKind.TAG: (Tag.objects, "name"),
    SubjectKind.STATUS_PAGE: (StatusPage.objects, "title"),
}


def _listed(kind: SubjectKind, chosen: Subject | None) -> list[tuple[str, str]]:
    """Give the first by name, and one more than are listed where there are more."""
    rows, name = _NAMED[kind]
    named = rows.order_by(name, "pk").values_list("pk", name)
    found = dict(named[: LISTED + 1])
    if chosen is not None and chosen.kind is kind:
        found |= dict(named.filter(pk=chosen.pk))
    return [(_written(Subject(kind, pk)), text) for pk, text in found.items()]


def _is_there(subject: Subject) -> bool:
    return bool(_NAMED[subject.kind][0].filter(pk=subject.pk).exists())


def _written(subject: Subject) -> str:
    return f"{subject.kind}-{subject.pk}"


def _read(text: str) -> Subject | None:
    kind, _, number = text.rpartition("-")
    pk = read_id(number)
    return Subject(SubjectKind(kind), pk) if kind in set(SubjectKind) and pk is not None else None
