"""What of a client's certificate and its key goes together in a form."""

from collections.abc import Mapping
from typing import Any

from monitors.domain.client_certificates import check_pair
from monitors.domain.spec import BadSetting
from monitors.models.fields import Unreadable

CERTIFICATE, KEY = "client_certificate", "client_key"


def settle(values: dict[str, Any], before: Mapping[str, Any]) -> tuple[str, str] | None:
    """Let a stored key go with its certificate, and a stored certificate with its key.

    Gives the field and what is wrong with it where what is left does not belong together. In
    `values` a key that was not typed is the stored one by now.
    """
    certificate, key = values[CERTIFICATE], values[KEY]
    is_typed = key != before[KEY]
    if not certificate and before[CERTIFICATE] and not is_typed:
        values[KEY] = ""
        return None
    if values.get("forget_secrets") and not key and certificate == before[CERTIFICATE]:
        values[CERTIFICATE] = ""
        return None
    if not is_typed and certificate == before[CERTIFICATE]:
        return None
    return _mismatch(certificate, key)


def _mismatch(certificate: str, key: str | Unreadable) -> tuple[str, str] | None:
    if isinstance(key, Unreadable):
        return KEY, key.why
    if not certificate and not key:
        return None
    if not certificate:
        return CERTIFICATE, "Enter the certificate of this key too."
    if not key:
        return KEY, "Enter the key of the certificate too."
    try:
        check_pair(certificate, key)
    except BadSetting as bad:
        return KEY, str(bad)
    return None
