"""Columns of kinds that Django does not have: encrypted text, and small numbers."""

import base64
import logging
from functools import lru_cache
from typing import Any, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

logger = logging.getLogger(__name__)

Set = TypeVar("Set")
Get = TypeVar("Get")


class SecretField(models.TextField[str, str]):
    """Text that the database holds encrypted with a key derived from SECRET_KEY.

    What cannot be decrypted (SECRET_KEY has changed since) reads as empty, and the log says so.
    SECRET_KEY_FALLBACKS are tried too, so a key can be rotated.
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return _cipher(*_keys()).encrypt(text.encode()).decode() if text else ""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        del expression, connection
        if not value:
            return ""
        try:
            return _cipher(*_keys()).decrypt(value.encode()).decode()
        except InvalidToken:
            logger.error(  # noqa: TRY400 - the traceback says no more
                "A stored secret cannot be read: SECRET_KEY is not the one it was made with"
            )
            return ""


class RealField(models.FloatField[Set, Get]):
    """A number of seven digits: half the size of a float on PostgreSQL, and the same on SQLite."""

    def db_type(self, connection: Any) -> str | None:
        return "real" if connection.vendor == "postgresql" else super().db_type(connection)


def _keys() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _cipher(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"monitors.models.fields")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
