"""The registrations."""

from . import api_key, incident, maintenance, report_schedule, service

__all__ = ["api_key", "incident", "maintenance", "report_schedule", "service"]
