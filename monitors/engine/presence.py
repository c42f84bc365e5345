"""Keeps the row by which a checker is known to the pages and the other checkers."""

import asyncio
import logging
import os
import socket
from datetime import datetime, timedelta

from django.utils import timezone

from monitors.models import Checker, DueCheck

from .claims import Claimer, Peer
from .database import AWAY, DatabaseThread
from .gauges import Gauges
from .recorder import Recorder

logger = logging.getLogger(__name__)

SIGN_EVERY_S = 5.0
# A checker that has given no sign for so long does no work: its share goes to the others.
SILENT_AFTER = timedelta(seconds=11)


def default_name() -> str:
    """Name a checker for its host and process."""
    return f"{socket.gethostname()}-{os.getpid()}"


def register(name: str, location: str, now: datetime) -> int:
    """Make the row of a checker, or take over that of one before it; give its id."""
    fresh = {"location": location, "started_at": now, "seen_at": now, "stopped_at": None}
    checker, made = Checker.objects.update_or_create(name=name, defaults=fresh)
    if not made:
        # Whatever the one before it held when it died is due at once.
        held = DueCheck.objects.filter(holder=checker.pk, lease_until__isnull=False)
        held.update(lease_until=None)
    return checker.pk


def peers(now: datetime) -> list[Peer]:
    """Give the checkers that run."""
    running = Checker.objects.filter(stopped_at=None, seen_at__gt=now - SILENT_AFTER)
    return [Peer(pk, location) for pk, location in running.values_list("pk", "location")]


async def keep_telling(
    checker_id: int,
    gauges: Gauges,
    recorder: Recorder,
    claimer: Claimer,
    database: DatabaseThread,
) -> None:
    """Write a sign of life every few seconds, and look for those of the others, until cancelled."""

    def exchange(signs: dict[str, object]) -> None:
        Checker.objects.filter(pk=checker_id).update(**signs)
        claimer.meet(peers(timezone.now()))

    while True:
        await asyncio.sleep(SIGN_EVERY_S)
        signs = {
            "seen_at": timezone.now(),
            "in_flight": gauges.in_flight,
            "unwritten": recorder.waiting,
            "checks_per_s": gauges.checks_per_s,
            "lag_ms": gauges.lag_ms,
            "late_ms": gauges.late_ms,
            "write_ms": gauges.write_ms,
        }
        gauges.begin_anew()
        try:
            await database.run(lambda signs=signs: exchange(signs))  # type: ignore[misc]
        except AWAY as error:
            logger.warning("No sign of life while the database is away: %s", error)


def sign_off(checker_id: int, now: datetime) -> None:
    """Say that a checker has ended in order."""
    ended = {"seen_at": now, "stopped_at": now, "in_flight": 0, "unwritten": 0}
    Checker.objects.filter(pk=checker_id).update(**ended, checks_per_s=0.0)
