"""Columns of kinds that Django does not have: encrypted text, and small numbers."""

import base64
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.models import TextField
from django.db.models.functions import Cast

from monitors.domain.spec import BadSetting

Set = TypeVar("Set")
Get = TypeVar("Get")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A secret that none of the present keys decrypts: kept as it is stored, and no text.

    Saving it writes back the very bytes that were read.
    """

    label: str
    stored: str = field(repr=False)

    @property
    def why(self) -> str:
        return (
            f"The stored {self.label} cannot be read: SECRET_KEY has changed. "
            "Put the old one into SECRET_KEY_FALLBACKS, or enter the value again."
        )


class SecretField(models.TextField[str | Unreadable, str | Unreadable]):
    """Text that the database holds encrypted with a key derived from SECRET_KEY.

    SECRET_KEY_FALLBACKS are tried too, so a key can be changed; what none of them decrypts is
    Unreadable.
    """

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Unreadable):
            return value.stored
        text = super().get_prep_value(value)
        return _cipher(_keys()).encrypt(text.encode()).decode() if text else ""

    def from_db_value(
        self, value: str | None, expression: Any, connection: Any
    ) -> str | Unreadable:
        del expression, connection
        if not value:
            return ""
        try:
            return _cipher(_keys()).decrypt(value.encode()).decode()
        except InvalidToken:
            return Unreadable(str(self.verbose_name), value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Unreadable) else super().to_python(value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return value if isinstance(value, Unreadable) else super().clean(value, model_instance)

    def value_to_string(self, obj: models.Model) -> str:
        """Give the text for a dump of the database. Raises BadSetting where there is none."""
        return readable(self.value_from_object(obj))


class RealField(models.FloatField[Set, Get]):
    """A number of seven digits: half the size of a float on PostgreSQL, and the same on SQLite."""

    def db_type(self, connection: Any) -> str | None:
        return "real" if connection.vendor == "postgresql" else super().db_type(connection)


def readable(secret: str | Unreadable) -> str:
    """Give a secret to whoever is to use it. Raises BadSetting where it cannot be read."""
    if isinstance(secret, Unreadable):
        raise BadSetting(secret.why)
    return secret


def shown(secret: str | Unreadable) -> str:
    """Give a secret to whoever only looks at it: nothing where it cannot be read."""
    return "" if isinstance(secret, Unreadable) else secret


def secret_fields(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(
        column.name for column in model._meta.concrete_fields if isinstance(column, SecretField)
    )


def as_stored(name: str) -> Cast:
    """Select a secret as the database holds it."""
    return Cast(name, TextField())


def with_the_first_key(stored: str) -> str:
    """Encrypt a stored secret with SECRET_KEY, unless it is. Raises InvalidToken."""
    token = stored.encode()
    try:
        _cipher(_keys()[:1]).decrypt(token)
    except InvalidToken:
        return _cipher(_keys()).rotate(token).decode()
    return stored


def _keys() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"monitors.models.fields")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
