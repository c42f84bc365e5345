"""What new services begin with: the form that says so, and the form of a new service."""

from collections.abc import Mapping
from typing import Any

from django.forms import BoundField

from monitors.models import Service, ServiceDefaults

from .service import ServiceForm, unchanged

OFFERED = (
    "interval_s",
    "timeout_s",
    "retry_interval_s",
    "failures_before_down",
    "successes_before_up",
    "expected_status",
    "degraded_after_ms",
    "tls_expiry_warn_days",
    "locations",
    "locations_before_down",
    "retention_days",
    "tags",
    "follow_redirects",
    "verify_tls",
    "prefer_ipv6",
)
# Judged with what every service has.
_SOME_SERVICE = {"name": "Defaults", "url": "http://defaults.invalid/"}


def new_form(data: Any = None) -> ServiceForm:
    """Give the form of a new service, with the defaults of this installation in it."""
    service, tags = _begun()
    form = ServiceForm(data, instance=service)
    form.initial["tags"] = tags
    return form


def new_data() -> dict[str, Any]:
    """Give the form data of a new service of which nothing is known but the defaults."""
    service, tags = _begun()
    return unchanged(service) | {"tags": tags}


class DefaultsForm:
    """Takes the defaults, by the rules of the form of a service."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        self._form = new_form() if data is None else ServiceForm(_whole(data))

    @property
    def errors(self) -> Mapping[str, Any]:
        return self._form.errors

    @property
    def is_bound(self) -> bool:
        return self._form.is_bound

    @property
    def fields(self) -> list[BoundField]:
        return [self._form[name] for name in OFFERED]

    def is_valid(self) -> bool:
        return self._form.is_valid()

    def values(self) -> dict[str, Any]:
        """Give what differs from what the program comes with, of a valid form."""
        default, given = Service(), self._form.cleaned_data
        chosen = {name: given[name] for name in OFFERED if name != "tags"}
        differing = {
            name: value for name, value in chosen.items() if value != getattr(default, name)
        }
        tags = self._form.tag_names()
        return differing | ({"tags": tags} if tags else {})


def _begun() -> tuple[Service, str]:
    """Give a service with the defaults, unsaved, and their tags as they are typed."""
    stored = ServiceDefaults.objects.filter(pk=ServiceDefaults.ONLY).first()
    values = (
        {name: stored.values[name] for name in OFFERED if name in stored.values} if stored else {}
    )
    tags = ", ".join(values.pop("tags", ()))
    return Service(**values), tags


def _whole(data: Mapping[str, Any]) -> dict[str, Any]:
    others = {name: value for name, value in unchanged(Service()).items() if name not in OFFERED}
    return others | _SOME_SERVICE | {name: data[name] for name in OFFERED if name in data}
