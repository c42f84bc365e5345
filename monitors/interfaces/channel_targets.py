"""Where a channel leads, as people type it and as they may see it again."""

import re
from typing import Any
from urllib.parse import urlsplit

import apprise
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from monitors.domain.alerting import ChannelKind
from monitors.domain.targets import BadTarget, parse_target

MAX_ADDRESSES = 50


def clean_target(kind: ChannelKind, text: str) -> str:
    """Give a target as it is stored. Raises BadTarget with a sentence."""
    return {
        ChannelKind.EMAIL: _addresses,
        ChannelKind.WEBHOOK: _address,
        ChannelKind.APPRISE: _apprise,
    }[kind](text)


def masked_target(kind: ChannelKind, target: str) -> str:
    """Give a target without what is secret in it."""
    if kind is ChannelKind.WEBHOOK:
        parts = urlsplit(target)
        # Many services put their key into the path.
        return f"{parts.scheme}://{parts.hostname}/…" if parts.path.strip("/") else target
    if kind is ChannelKind.APPRISE:
        service: Any = apprise.Apprise.instantiate(target)
        return str(service.url(privacy=True)).partition("?")[0] if service else "…"
    return target


def _addresses(text: str) -> str:
    addresses = list(dict.fromkeys(filter(None, re.split(r"[\s,;]+", text))))
    if len(addresses) > MAX_ADDRESSES:
        raise BadTarget(f"At most {MAX_ADDRESSES} addresses.")
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError:
            raise BadTarget(f"“{address[:80]}” is no e-mail address.") from None
    return "\n".join(addresses)


def _address(text: str) -> str:
    target = parse_target(text)
    if target.username or target.password:
        raise BadTarget("Leave out user name and password: messages are signed instead.")
    return target.url


def _apprise(text: str) -> str:
    if apprise.Apprise.instantiate(text.strip()) is None:
        raise BadTarget("Apprise does not understand this address.")
    return text.strip()
