"""The registrations."""

from . import api_key, channel, incident, maintenance, report_schedule, service, tag

__all__ = ["api_key", "channel", "incident", "maintenance", "report_schedule", "service", "tag"]
