"""Where a channel leads, as people type it and as they may see it again."""

from typing import Any

import apprise

from monitors.alerts.channels import CHANNELS
from monitors.alerts.channels.base import BadTarget
from monitors.domain.alerting import ChannelKind


def clean_target(kind: ChannelKind, text: str) -> str:
    """Give a target as it is stored. Raises BadTarget with a sentence."""
    if kind in CHANNELS:
        return CHANNELS[kind].clean(text)
    if apprise.Apprise.instantiate(text.strip()) is None:
        raise BadTarget("Apprise does not understand this address.")
    return text.strip()


def masked_target(kind: ChannelKind, target: str) -> str:
    """Give a target without what is secret in it."""
    if kind in CHANNELS:
        return CHANNELS[kind].masked(target)
    service: Any = apprise.Apprise.instantiate(target)
    return str(service.url(privacy=True)).partition("?")[0] if service else "…"
