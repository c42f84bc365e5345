"""The registrations."""

from . import api_key, incident, maintenance, report_schedule, service, tag

__all__ = ["api_key", "incident", "maintenance", "report_schedule", "service", "tag"]
