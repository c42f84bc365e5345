"""The settings of a channel: what was typed, or sent, becomes clean values or a clear answer."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import QueryDict

from monitors.alerts.channels import CHANNELS
from monitors.alerts.channels.base import BadTarget
from monitors.domain.alerting import ChannelKind, Event
from monitors.domain.names import checked_name
from monitors.domain.spec import BadSetting
from monitors.interfaces.time_zones import BadZone, known_zone
from monitors.models import Channel
from monitors.models.channel import MAX_TARGET_LENGTH
from monitors.models.fields import Unreadable

from . import meanwhile
from .apprise_services import AppriseService, known_service, service_url
from .channel_fields import (
    COLUMNS,
    EVENTS,
    GROUPS,
    HELP,
    REQUIRED,
    SPANS,
    TARGETS,
    TICKED_EVENTS,
    ask_field,
    ask_name,
    span_select,
    target_widget,
)
from .channel_scope import ScopeForm
from .service_fields import Group

_LISTS = ("events", "breaks_through", "services")
_CLOCK = "%H:%M"


def _clock_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format=_CLOCK)


class ChannelForm(ScopeForm):
    """One set of rules for the page, the API and the admin."""

    target = forms.CharField(required=False, max_length=MAX_TARGET_LENGTH)
    events = forms.MultipleChoiceField(
        choices=EVENTS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    breaks_through = forms.MultipleChoiceField(
        label="Told in quiet hours too",
        choices=EVENTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    quiet_from = forms.TimeField(required=False, input_formats=[_CLOCK], widget=_clock_input())
    quiet_until = forms.TimeField(required=False, input_formats=[_CLOCK], widget=_clock_input())
    seen = forms.CharField(required=False, max_length=5_000, widget=forms.HiddenInput)

    class Meta:
        model = Channel
        fields = COLUMNS
        error_messages = {"name": {"unique": "Another channel has this name."}}

    def __init__(
        self, data: Any = None, *args: Any, service: AppriseService | None = None, **kwargs: Any
    ) -> None:
        """Make a form; with a service, it asks for what that needs instead of a URL."""
        if data is not None:
            data = _filled_up(data, kwargs.get("instance") or Channel())
        super().__init__(data, *args, **kwargs)
        self.service = service
        self._ask_where_to()
        for name, text in HELP.items():
            self.fields[name].help_text = text
        self.fields["time_zone"].widget.attrs["list"] = "time-zones"
        for name in SPANS:
            self.fields[name].widget = span_select(name, getattr(self.instance, name))
        cast("Any", self.fields["events"].widget).choices = TICKED_EVENTS
        self._before = {name: getattr(self.instance, name) for name in COLUMNS}
        self.initial["target"] = self.masked if self.masked == self._before["target"] else ""
        # What somebody has begun with; it does not change afterwards.
        self.fields["kind"].disabled = bool(self.instance.kind)
        self.show_scope()
        if self.instance.pk:
            self.initial["seen"] = meanwhile.seen(self.instance.pk, self._shown())

    def clean_name(self) -> str:
        try:
            return checked_name(self.cleaned_data["name"])
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None

    def clean_target(self) -> str | Unreadable:
        typed = str(self.cleaned_data["target"]).strip()
        stored = self._before["target"]
        if self.instance.pk and typed in {"", self.masked}:
            return cast("str | Unreadable", stored)
        if not typed:
            raise ValidationError(REQUIRED, code="required")
        kind = self.cleaned_data.get("kind")
        if not kind:
            return typed
        try:
            return CHANNELS[ChannelKind(kind)].clean(typed)
        except BadTarget as bad:
            raise ValidationError(str(bad), code="invalid") from None

    def clean_time_zone(self) -> str:
        try:
            return known_zone(self.cleaned_data["time_zone"])
        except BadZone as bad:
            raise ValidationError(str(bad), code="invalid") from None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.service is not None:
            self._settle_service(self.service, values)
        self.settle_scope(values)
        if "events" in values and values.get("remind_every_s"):
            values["events"] = list(dict.fromkeys([*values["events"], Event.REMINDER.value]))
        if not {"quiet_from", "quiet_until"} & set(self.errors):
            self._refuse_half_quiet(values)
        self._refuse_stale(values)
        return values

    @property
    def is_stale(self) -> bool:
        """Whether somebody else has changed the channel since the form was opened."""
        return self.has_error(NON_FIELD_ERRORS, meanwhile.STALE)

    @property
    def groups(self) -> tuple[Group, ...]:
        if not self.list_services():
            self.fields.pop("others", None)
        asks = tuple(map(ask_name, self.service.asks)) if self.service else ("target",)
        first = [self[name] for name in ("name", *asks, "enabled")]
        return (
            Group("Channel", "", first, is_open=True),
            *(self._group(*group) for group in GROUPS),
        )

    def _group(self, title: str, description: str, names: Sequence[str]) -> Group:
        fields = [self[name] for name in names if name in self.fields]
        is_open = title == GROUPS[0][0] or any(map(self._wants_a_look, names))
        return Group(title, description, fields, is_open=is_open)

    @property
    def masked(self) -> str:
        """What may be shown of the stored target; empty where there is none, or none to read."""
        return shown_target(self.instance) if self.instance.pk else ""

    def settings(self) -> dict[str, Any]:
        """The columns of a valid form and their values, as monitors.actions.channels takes them."""
        return {name: self.cleaned_data[name] for name in COLUMNS}

    def changes(self) -> dict[str, Any]:
        """Of these, what differs from the row that the form was made from."""
        return {
            name: value for name, value in self.settings().items() if value != self._before[name]
        }

    def _shown(self) -> dict[str, Any]:
        """Give what stands in the row, and so in a form that was opened on it."""
        scope = {name: self.initial[name] for name in ("tags", "services")}
        return {name: self._before[name] for name in COLUMNS} | scope

    def _refuse_stale(self, values: dict[str, Any]) -> None:
        """Say what has changed since the form was opened. Sent again, it is no longer stale.

        The row must be locked.
        """
        shown = self._shown() if self.instance.pk else {}
        typed = values | {"tags": ", ".join(values.get("tags") or ())}
        changed = [
            name
            for name in meanwhile.changed_since(values.get("seen") or "", self.instance.pk, shown)
            if shown[name] != typed.get(name)
        ]
        if not changed:
            return
        said = [
            meanwhile.CHANNEL_CHANGED,
            *(self._has_become(name, shown[name]) for name in changed),
        ]
        self.add_error(None, [ValidationError(one, code=meanwhile.STALE) for one in said])
        data = cast("Any", self.data).copy()
        data["seen"] = self.initial["seen"]
        self.data = data

    def _has_become(self, name: str, value: Any) -> str:
        label = str(self[name].label) if name in self.fields else "Target"
        if name == "target":
            return meanwhile.secret_sentence(label, is_typed=True)
        return meanwhile.sentence(label, value, "", is_typed=True)

    def _wants_a_look(self, name: str) -> bool:
        usual = getattr(Channel(), name)
        return bool(self[name].errors) or getattr(self.instance, name) != usual

    def _ask_where_to(self) -> None:
        if self.service is not None:
            del self.fields["target"]
            self.fields |= {ask_name(ask): ask_field(ask) for ask in self.service.asks}
        elif self.instance.kind:
            kind = ChannelKind(self.instance.kind)
            field = self.fields["target"]
            field.label, field.help_text = TARGETS[kind]
            field.widget = target_widget(kind)

    def _settle_service(self, service: AppriseService, values: dict[str, Any]) -> None:
        """Make the URL of what was given; where nothing was, the stored one stays."""
        given = {ask.name: values.pop(ask_name(ask), "") for ask in service.asks}
        if self.instance.pk and not any(given.values()):
            values["target"] = self._before["target"]
            return
        for ask in service.asks:
            if not ask.is_optional and not given[ask.name]:
                self.add_error(ask_name(ask), ValidationError(REQUIRED, code="required"))
        if self.errors.keys() & {ask_name(ask) for ask in service.asks}:
            return
        try:
            values["target"] = service_url(service, given)
        except BadTarget as bad:
            self.add_error(ask_name(service.asks[0]), str(bad))

    def _refuse_half_quiet(self, values: dict[str, Any]) -> None:
        begins, ends = values.get("quiet_from"), values.get("quiet_until")
        if (begins is None) is not (ends is None):
            missing = "quiet_from" if begins is None else "quiet_until"
            self.add_error(missing, "Quiet hours have a beginning and an end.")
        elif begins is not None and begins == ends:
            self.add_error("quiet_until", "Quiet hours end at another time than they begin.")


def shown_target(channel: Channel) -> str:
    """Give a channel's target without secrets; empty where it cannot be read."""
    if isinstance(channel.target, Unreadable):
        return ""
    return CHANNELS[ChannelKind(channel.kind)].masked(channel.target)


def _filled_up(data: Mapping[str, Any], channel: Channel) -> Mapping[str, Any]:
    """Give a post that is not of our page, with only some of the fields, the others' values."""
    if "group_s" in data:
        return data
    given = dict(data)
    if isinstance(data, QueryDict):
        given = {name: data.getlist(name) if name in _LISTS else data[name] for name in data}
    return unchanged(channel) | given


def unchanged(channel: Channel) -> dict[str, Any]:
    """Give the form data that would leave a channel as it is, for a change of some of it."""
    initial = ChannelForm(instance=channel).initial
    data = {name: initial[name] for name in COLUMNS if name != "target"}
    return {name: value for name, value in data.items() if value is not None and value is not False}


def as_form_data(given: Mapping[str, Any]) -> dict[str, Any]:
    """Turn values of the API into what the page would have posted."""
    data = dict(given)
    if isinstance(data.get("tags"), list):
        data["tags"] = ",".join(data["tags"])
    return {name: "" if value is None else value for name, value in data.items()}


def service_of_channel(channel: Channel) -> AppriseService | None:
    """Give the service whose form changes a channel; None where its target is typed as it is."""
    if channel.kind != ChannelKind.APPRISE.value or isinstance(channel.target, Unreadable):
        return None
    return known_service(channel.target)
