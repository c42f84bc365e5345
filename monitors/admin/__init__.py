"""The registrations."""

from . import api_key, incident, service

__all__ = ["api_key", "incident", "service"]
