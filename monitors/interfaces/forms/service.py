"""The settings of a service: what was typed, or sent, becomes clean values or a clear answer."""

import ssl
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import QueryDict

from monitors.domain.client_certificates import parse_certificates, parse_key
from monitors.domain.headers import (
    as_lines,
    has_control_characters,
    header_names,
    parse_header,
    parse_request_headers,
)
from monitors.domain.json_path import parse_json_path
from monitors.domain.json_rules import parse_expected
from monitors.domain.locations import parse_locations
from monitors.domain.names import checked_name
from monitors.domain.patterns import parse_pattern
from monitors.domain.spec import (
    BadSetting,
    CheckSpec,
    Comparison,
    StatusRanges,
)
from monitors.domain.targets import MAX_URL_LENGTH, BadTarget, parse_target
from monitors.models import Service
from monitors.models.fields import Unreadable, shown

from . import client_certificate, meanwhile
from .dependencies import (
    MAX_DEPENDENCIES,
    as_lines_of,
    named_dependencies,
    numbered,
    parse_dependencies,
)
from .service_fields import (
    ALWAYS_SENT,
    COLUMNS,
    EXTRA,
    GROUPS,
    HELP,
    HIDDEN,
    KEPT,
    LABELS,
    SECRETS,
    TYPED,
    UNITS,
    Group,
    UnshownTextarea,
)
from .service_summary import told_of
from .tag_names import MAX_TEXT_LENGTH, read_tags


class ServiceForm(forms.ModelForm[Service]):
    """One set of rules for the page, the API and the admin."""

    tags = forms.CharField(required=False, max_length=MAX_TEXT_LENGTH)
    depends_on = forms.CharField(
        required=False,
        max_length=MAX_DEPENDENCIES * MAX_URL_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    forget_secrets = forms.BooleanField(required=False, label="Delete saved secrets")
    known_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=5_000, widget=forms.HiddenInput)

    class Meta:
        model = Service
        fields = COLUMNS
        widgets = {
            "url": forms.URLInput(
                attrs={"placeholder": "https://example.com/", "autocomplete": "off"}
            ),
            "headers": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
            "body": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
            "username": forms.TextInput(attrs={"autocomplete": "off"}),
            "secret_headers": UnshownTextarea(attrs={"rows": 2, "spellcheck": "false"}),
            "ca_bundle": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
            "client_certificate": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
            "client_key": UnshownTextarea(attrs={"rows": 3, "spellcheck": "false"}),
            "bearer_token": forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            "password": forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        }
        help_texts = HELP
        labels = LABELS

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None:
            data = _filled_up(data, kwargs.get("instance") or Service())
        super().__init__(data, *args, **kwargs)
        for name in EXTRA:
            self.fields[name].help_text = HELP[name]
        self.fields["locations_before_down"].required = False
        self._before = {name: getattr(self.instance, name) for name in (*COLUMNS, "url_key")}
        self._tags_before = _tag_names(self.instance)
        self._unreadable = self.instance.unreadable_secrets
        self._changed: list[str] = []
        self.initial["tags"] = ", ".join(self._tags_before)
        self._dependencies_before = named_dependencies(self.instance)
        self.initial["depends_on"] = as_lines_of(self._dependencies_before)
        self._hide_secrets()
        if self.instance.pk:
            self.initial["known_revision"] = self.instance.revision
            self.initial["seen"] = meanwhile.seen(self.instance.pk, self._shown())
        for name, field in self.fields.items():
            cast("Any", field).unit = UNITS.get(name, "")

    @property
    def groups(self) -> tuple[Group, ...]:
        self._say_what_is_not_drawn()
        return tuple(
            Group(
                title,
                description,
                [self[name] for name in names if name != "forget_secrets" or self._has_secrets()],
                is_open=position == 0 or any(self._wants_a_look(name) for name in names),
                told=told_of(self, names) if position else "",
            )
            for position, (title, description, names) in enumerate(GROUPS)
        )

    def _say_what_is_not_drawn(self) -> None:
        """Say at a secret that was typed that it has to be typed again."""
        for name in SECRETS:
            if self.is_bound and self.data.get(name):
                self[name].help_text = TYPED

    def _has_secrets(self) -> bool:
        return any(self._before[name] for name in (*SECRETS, "client_certificate"))

    def _wants_a_look(self, name: str) -> bool:
        return bool(self[name].errors) or name in self._unreadable or name in self._changed

    def clean_url(self) -> str:
        if self.instance.pk and self.cleaned_data["url"] == self._before["url"]:
            # The rules of today make no other service of it.
            return str(self._before["url"])
        try:
            target = parse_target(self.cleaned_data["url"])
        except BadTarget as bad:
            raise ValidationError(str(bad), code="invalid") from None
        self._refuse_duplicate(target.key)
        self.instance.url_key = target.key
        self._target = target
        return target.url

    def clean_name(self) -> str:
        try:
            return checked_name(self.cleaned_data["name"])
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None

    def clean_locations(self) -> str:
        try:
            return ", ".join(parse_locations(self.cleaned_data["locations"]))
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None

    def clean_locations_before_down(self) -> int:
        return int(self.cleaned_data["locations_before_down"] or 1)

    def clean_headers(self) -> str:
        return _header_lines(self.cleaned_data["headers"])

    def clean_secret_headers(self) -> str:
        return _header_lines(self.cleaned_data["secret_headers"])

    def clean_ca_bundle(self) -> str:
        text = str(self.cleaned_data["ca_bundle"]).strip()
        try:
            if text:
                # As the check loads them: comments may hold more than ASCII.
                ssl.create_default_context(cadata=text.encode("ascii", "ignore").decode())
        except ssl.SSLError:
            raise ValidationError(
                "Not valid PEM certificates (-----BEGIN CERTIFICATE----- …).", code="invalid"
            ) from None
        return text

    def clean_client_certificate(self) -> str:
        text = str(self.cleaned_data["client_certificate"])
        try:
            return parse_certificates(text) if text else ""
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None

    def clean_client_key(self) -> str:
        text = "\n".join(str(self.cleaned_data["client_key"]).split("\r\n"))
        try:
            if text:
                parse_key(text)
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None
        return text

    def clean_pattern(self) -> str:
        pattern = str(self.cleaned_data["pattern"])
        try:
            parse_pattern(pattern)
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None
        return pattern

    def clean_response_header(self) -> str:
        text = str(self.cleaned_data["response_header"]).strip()
        try:
            if text:
                parse_header(text if ":" in text else f"{text}:")
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None
        return text

    def clean_expected_status(self) -> str:
        try:
            return str(StatusRanges.parse(self.cleaned_data["expected_status"]))
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None

    def clean_json_path(self) -> str:
        path = str(self.cleaned_data["json_path"])
        try:
            parse_json_path(path or "$")
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None
        return path

    def clean_tags(self) -> list[str]:
        return read_tags(self.cleaned_data["tags"])

    def clean_depends_on(self) -> list[int]:
        return parse_dependencies(self.cleaned_data["depends_on"], self.instance)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self._refuse_stale(values)
        self._take_credentials(values)
        self._refuse_what_breaks_a_request(values)
        self._settle_client_certificate(values)
        if _hosts(values) > 1:
            self.add_error("headers", "Give one Host header.")
        if values.get("bearer_token") and values.get("username"):
            self.add_error("bearer_token", "Give a username or a token, not both.")
        if values.get("json_expected") and not values.get("json_path"):
            self.add_error("json_path", "Give the path of the expected value, like $.status.")
        if values.get("json_path"):
            self._refuse_order_without_number(values)
        places = max(len(parse_locations(values.get("locations", ""))), 1)
        if values.get("locations_before_down", 1) > places:
            there = f"are only {places} locations" if places > 1 else "is only one location"
            self.add_error("locations_before_down", f"There {there}.")
        return values

    def _refuse_order_without_number(self, values: dict[str, Any]) -> None:
        ordered = values.get("json_compare") in {Comparison.LESS, Comparison.MORE}
        expected = values.get("json_expected", "")
        if ordered and expected and not parse_expected(expected).is_number:
            self.add_error("json_expected", "< and > need a number here, like 10 or 0.5.")

    def settings(self) -> dict[str, Any]:
        """The columns of a valid form and their values, as monitors.actions.services takes them."""
        columns = {name: self.cleaned_data[name] for name in COLUMNS}
        return columns | {"url_key": self.instance.url_key}

    def changes(self) -> dict[str, Any]:
        """Of these, what differs from the row that the form was made from."""
        return {
            name: value for name, value in self.settings().items() if value != self._before[name]
        }

    def tag_names(self) -> list[str]:
        return list(self.cleaned_data["tags"])

    def dependencies(self) -> list[int]:
        """The services that it depends on."""
        return list(self.cleaned_data["depends_on"])

    @property
    def is_stale(self) -> bool:
        """Whether somebody else has changed the service since the form was opened."""
        return self.has_error(NON_FIELD_ERRORS, meanwhile.STALE)

    def spec(self) -> CheckSpec:
        """What a valid form would have checked."""
        return self.instance.check_spec()

    def _refuse_duplicate(self, key: str) -> None:
        same = Service.objects.filter(url_key=key).exclude(pk=self.instance.pk).first()
        if same is not None:
            raise ValidationError(f"“{same.name}” already monitors this URL.", code="duplicate")

    def _shown(self) -> dict[str, Any]:
        """Give what stands in the row, and so in a form that was opened on it."""
        depends_on = sorted(neighbour.id for neighbour in self._dependencies_before)
        lists = {"tags": self._tags_before, "depends_on": depends_on}
        return {name: self._before[name] for name in COLUMNS} | lists

    def _hide_secrets(self) -> None:
        """Show no secret; nor what cannot be read, which the form leaves as it is."""
        for name in SECRETS:
            self.initial[name] = ""
            if self._before[name]:
                self.fields[name].help_text = f"{HELP.get(name, '')} {KEPT}".strip()
        for name, secret in self._unreadable.items():
            self.initial[name] = ""
            self.fields[name].help_text = secret.why

    def _refuse_stale(self, values: dict[str, Any]) -> None:
        """Say what has changed since the form was opened, and take it over where nothing was typed.

        The row must be locked. Sent again, the form is no longer stale.
        """
        if values.get("known_revision") in {None, self.instance.revision}:
            return
        shown, text = self._shown(), values.get("seen") or ""
        changed = meanwhile.changed_since(text, self.instance.pk, shown)
        if text and not changed:
            return
        self._changed = changed
        typed = self._typed(meanwhile.changed_since(text, self.instance.pk, shown | values), values)
        said = [self._has_become(name, shown[name], name in typed) for name in changed]
        errors = [meanwhile.CHANGED_MEANWHILE, *said]
        self.add_error(None, [ValidationError(error, code=meanwhile.STALE) for error in errors])
        self._start_again({name for name in changed if name not in typed})

    def _typed(self, changed: list[str], values: dict[str, Any]) -> set[str]:
        """Of the fields whose value differs from what was shown, those that a person filled in."""
        hidden = {*SECRETS, *self._unreadable}
        wrong = {name for name in COLUMNS if name not in values}
        return wrong | {name for name in changed if name not in hidden or values.get(name)}

    def _has_become(self, name: str, value: Any, is_typed: bool) -> str:
        label = str(self[name].label)
        if name == "depends_on":
            value = [neighbour.name for neighbour in self._dependencies_before]
        if name in SECRETS or isinstance(value, Unreadable):
            return meanwhile.secret_sentence(label, is_typed=is_typed)
        return meanwhile.sentence(label, value, UNITS.get(name, ""), is_typed=is_typed)

    def _start_again(self, taken_over: set[str]) -> None:
        data, now = cast("Any", self.data).copy(), _as_data(self)
        for name in (*taken_over, *HIDDEN):
            data.pop(name, None)
            if name in now:
                data[name] = now[name]
        self.data = data

    def _refuse_what_breaks_a_request(self, values: dict[str, Any]) -> None:
        """Whether typed, part of the URL, or stored before."""
        for name in ("username", "password", "bearer_token"):
            if has_control_characters(shown(values.get(name, ""))):
                self.add_error(name, "This has a control character or a line break in it.")
        if ":" in values.get("username", ""):
            self.add_error("username", "A username cannot contain a colon.")

    def _take_credentials(self, values: dict[str, Any]) -> None:
        """Move a user name and a password out of the URL; keep a stored one that was left empty."""
        target = getattr(self, "_target", None)
        if target is not None and target.username:
            values["username"], values["password"] = target.username, target.password
        if values.get("forget_secrets"):
            return
        for name in (*SECRETS, *self._unreadable):
            if not values.get(name):
                values[name] = self._before[name]
        is_kept = isinstance(values["password"], Unreadable) and not self._before["username"]
        if not values.get("username") and not is_kept:
            values["password"] = ""

    def _settle_client_certificate(self, values: dict[str, Any]) -> None:
        if {client_certificate.CERTIFICATE, client_certificate.KEY} & set(self.errors):
            return
        wrong = client_certificate.settle(values, self._before)
        if wrong is not None:
            self.add_error(*wrong)


def _hosts(values: Mapping[str, Any]) -> int:
    """Count Host headers, secret ones too: only one can be the name of the host."""
    lines = (shown(values.get(name) or "") for name in ("headers", "secret_headers"))
    return [name.lower() for name in header_names("\n".join(lines))].count("host")


def _header_lines(text: str) -> str:
    try:
        headers = parse_request_headers(text)
    except BadSetting as bad:
        raise ValidationError(str(bad), code="invalid") from None
    return "\n".join(f"{name}: {value}" for name, value in headers)


def _filled_up(data: Mapping[str, Any], service: Service) -> Mapping[str, Any]:
    """Give a post that is not of our page, with only some of the fields, the others' values.

    Our page sends every field but unticked boxes and unshown ones.
    """
    if set(data) >= ALWAYS_SENT:
        return data
    given = data.dict() if isinstance(data, QueryDict) else dict(data)
    return unchanged(service) | given


def unchanged(service: Service) -> dict[str, Any]:
    """Give the form data that would leave a service as it is, for a change of some of it."""
    data = _as_data(ServiceForm(instance=service))
    return {name: value for name, value in data.items() if name not in HIDDEN}


def _as_data(form: ServiceForm) -> dict[str, Any]:
    """Give what a browser would send of a form as it was opened."""
    data = {name: form.initial.get(name) for name in form.fields if name not in SECRETS}
    return {name: value for name, value in data.items() if value is not None and value is not False}


def _tag_names(service: Service) -> list[str]:
    return [tag.name for tag in service.tags.all()] if service.pk else []


def as_form_data(given: Mapping[str, Any]) -> dict[str, Any]:
    """Turn values of the API into what the page would have posted."""
    data = dict(given)
    for field in ("headers", "secret_headers"):
        if isinstance(data.get(field), dict):
            data[field] = as_lines(data[field])
    for field in ("tags", "locations"):
        if isinstance(data.get(field), list):
            data[field] = ", ".join(data[field])
    if isinstance(data.get("depends_on"), list):
        data["depends_on"] = "\n".join(map(numbered, data["depends_on"]))
    data["known_revision"] = data.pop("revision", None)
    return {name: "" if value is None else value for name, value in data.items()}
