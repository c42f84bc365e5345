"""The first account, and API keys."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare

from monitors.domain.names import checked_name
from monitors.domain.spec import BadSetting


class SetupForm(UserCreationForm[User]):
    """Makes the first account for whoever can read the console of the server."""

    token = forms.CharField(
        label="One-time token",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Printed on the console where the dashboard was started.",
    )
    field_order = ("token", "username", "password1", "password2")

    def __init__(self, *args: Any, expected_token: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._expected_token = expected_token
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.fields["token"].widget.attrs["autofocus"] = True

    def clean_token(self) -> str:
        token = str(self.cleaned_data["token"]).strip()
        if not constant_time_compare(token, self._expected_token):
            raise ValidationError("This is not the token that the console printed.")
        return token


class ApiKeyForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="What will use it, like “deploy script”.")

    def clean_name(self) -> str:
        try:
            return checked_name(self.cleaned_data["name"])
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None
