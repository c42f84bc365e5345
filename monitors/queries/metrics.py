"""The numbers behind /metrics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from monitors.domain.state import State
from monitors.models import Service

from .health import Health, health
from .outbox import Outbox, outbox
from .service_list import StateCount, overview


@dataclass(frozen=True, slots=True)
class ServiceNumbers:
    """One service; `is_up` is None where its state is not known."""

    id: int
    name: str
    url: str
    is_up: bool | None
    response_time_ms: float | None
    certificate_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Numbers:
    now: datetime
    states: tuple[StateCount, ...]
    health: Health
    outbox: Outbox
    services: Sequence[ServiceNumbers]


def numbers(now: datetime) -> Numbers:
    """Read everything that is exported, in a few queries."""
    rows = (
        Service.objects.with_shown_state(now)
        .order_by("pk")
        .values_list(
            "pk",
            "name",
            "url",
            F("shown_state"),
            "last_response_time_ms",
            "certificate_expires_at",
        )
    )
    services = [
        ServiceNumbers(pk, name, url, _is_up(State(state)), response_time_ms, expires_at)
        for pk, name, url, state, response_time_ms, expires_at in rows
    ]
    return Numbers(now, overview(now).states, health(now), outbox(now), services)


def _is_up(state: State) -> bool | None:
    if state in {State.UP, State.DEGRADED}:
        return True
    return False if state is State.DOWN else None
