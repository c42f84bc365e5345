"""The kinds of channels: one list."""

from collections.abc import Mapping

from monitors.domain.alerting import ChannelKind

from . import webhook
from .base import Kind

CHANNELS: Mapping[ChannelKind, Kind] = {ChannelKind.WEBHOOK: webhook}
