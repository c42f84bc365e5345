"""What the list reads of each service it shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from monitors.models import Service


class Listed(NamedTuple):
    """Some of the fields of a service, as they are stored."""

    pk: int
    name: str
    url: str
    state: str
    state_since: datetime
    fresh_until: datetime | None
    recent: str
    streak: int
    streak_since: datetime | None
    failures_before_down: int
    interval_s: int
    last_checked_at: datetime | None
    last_status: str
    last_reason: str
    last_message: str
    last_response_time_ms: float | None
    certificate_expires_at: datetime | None
    tls_expiry_warn_days: int
    verify_tls: bool


def listed(ids: Sequence[int]) -> list[Listed]:
    """Read services in the order of their ids; one that has been deleted meanwhile is left out."""
    fields = Listed._fields  # noqa: SLF001 - not private: so that no field can be in its way
    rows = Service.objects.filter(pk__in=ids).values_list(*fields)
    found = {row[0]: Listed(*row) for row in rows}
    return [found[pk] for pk in ids if pk in found]
