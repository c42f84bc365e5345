"""The registrations."""

from . import api_key, channel, incident, maintenance, report_schedule, service, status_page, tag

__all__ = [
    "api_key",
    "channel",
    "incident",
    "maintenance",
    "report_schedule",
    "service",
    "status_page",
    "tag",
]
