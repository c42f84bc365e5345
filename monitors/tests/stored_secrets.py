"""A service with secrets for tests, and what the database holds of them."""

from typing import Any

from monitors.models import Service
from monitors.models.fields import as_stored

from .factories import a_service

SECRETS = {
    "headers": "X-Plain: 1",
    "secret_headers": "X-Key: k3y",
    "password": "pw",
    "bearer_token": "t0ken",
    "client_key": "-----BEGIN PRIVATE KEY-----",
}


def with_secrets(**settings: Any) -> Service:
    return a_service(username="ada", **(SECRETS | settings))


def in_database() -> tuple[Any, ...]:
    """Give the bytes of the secrets of the only service."""
    columns = {f"stored_{name}": as_stored(name) for name in SECRETS}
    return tuple(Service.objects.annotate(**columns).values_list(*columns).get())
