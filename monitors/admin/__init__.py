"""The registrations."""

from . import (
    api_key,
    badge,
    channel,
    incident,
    maintenance,
    profile,
    report_schedule,
    service,
    status_page,
    tag,
    wall_display,
)

__all__ = [
    "api_key",
    "badge",
    "channel",
    "incident",
    "maintenance",
    "profile",
    "report_schedule",
    "service",
    "status_page",
    "tag",
    "wall_display",
]
