"""The registrations."""

from . import api_key, service

__all__ = ["api_key", "service"]
