"""The kinds of channels: one list."""

from collections.abc import Mapping

from monitors.domain.alerting import ChannelKind

from . import apprise, email, webhook
from .base import Kind

CHANNELS: Mapping[ChannelKind, Kind] = {
    ChannelKind.EMAIL: email,
    ChannelKind.WEBHOOK: webhook,
    ChannelKind.APPRISE: apprise,
}
