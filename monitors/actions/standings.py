"""The columns of Service in which its standing is kept."""

from monitors.domain.state import Standing
from monitors.models import Service

STANDING_COLUMNS = ("state", "state_since", "streak", "streak_since", "seen_at", "fresh_until")
CERTIFICATE_COLUMNS = ("certificate_expires_at", "certificate_issuer", "certificate_names")


def apply_standing(service: Service, standing: Standing) -> None:
    """Put a standing into the service's columns, unsaved."""
    service.state = standing.state.value
    service.state_since = standing.since
    service.streak = standing.streak
    service.streak_since = standing.streak_since
    service.seen_at = standing.seen_at
    service.fresh_until = standing.fresh_until
