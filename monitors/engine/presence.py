"""Keeps the row by which a checker is known to the pages and the other checkers."""

import asyncio
import logging
import os
import socket
from datetime import datetime

from django.utils import timezone

from monitors.models import Checker

from .database import AWAY, DatabaseThread
from .gauges import Gauges
from .recorder import Recorder

logger = logging.getLogger(__name__)

SIGN_EVERY_S = 5.0


def default_name() -> str:
    """Name a checker for its host and process."""
    return f"{socket.gethostname()}-{os.getpid()}"


def register(name: str, location: str, now: datetime) -> int:
    """Make the row of a checker, or take over that of one before it; give its id."""
    fresh = {"location": location, "started_at": now, "seen_at": now, "stopped_at": None}
    checker, _ = Checker.objects.update_or_create(name=name, defaults=fresh)
    return checker.pk


async def keep_telling(
    checker_id: int, gauges: Gauges, recorder: Recorder, database: DatabaseThread
) -> None:
    """Write a sign of life every few seconds until cancelled."""
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
            await database.run(lambda signs=signs: _write(checker_id, signs))  # type: ignore[misc]
        except AWAY as error:
            logger.warning("No sign of life while the database is away: %s", error)


def sign_off(checker_id: int, now: datetime) -> None:
    """Say that a checker has ended in order."""
    ended = {"seen_at": now, "stopped_at": now, "in_flight": 0, "unwritten": 0}
    Checker.objects.filter(pk=checker_id).update(**ended, checks_per_s=0.0)


def _write(checker_id: int, signs: dict[str, object]) -> None:
    Checker.objects.filter(pk=checker_id).update(**signs)
