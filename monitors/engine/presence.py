"""Keeps the row by which a checker is known to the pages and the other checkers."""

import asyncio
import logging
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from monitors.loops.database import DATABASE_ERRORS, DatabaseThread, Seldom
from monitors.models import Checker, DueCheck

from .claims import Claimer, Peer
from .gauges import Gauges
from .recorder import Recorder

logger = logging.getLogger(__name__)

SIGN_EVERY_S = 5.0
# A checker that has given no sign for so long does no work: its share goes to the others.
SILENT_AFTER = timedelta(seconds=11)


def default_name() -> str:
    """Name a checker for its host and process."""
    return f"{socket.gethostname()}-{os.getpid()}"


@dataclass(frozen=True, slots=True)
class Presence:
    """A checker that has made itself known."""

    id: int
    name: str
    location: str
    started_at: datetime


def register(name: str, location: str, now: datetime) -> Presence:
    """Make the row of a checker, or take over that of one before it."""
    fresh = {"location": location, "started_at": now, "seen_at": now, "stopped_at": None}
    checker, made = Checker.objects.update_or_create(name=name, defaults=fresh)
    if not made:
        # Whatever the one before it held when it died is due at once.
        held = DueCheck.objects.filter(holder=checker.pk, lease_until__isnull=False)
        held.update(lease_until=None)
    return Presence(checker.pk, name, location, now)


def give_sign(presence: Presence, signs: Mapping[str, Any], now: datetime) -> None:
    """Say that a checker lives, whatever another of its name or a wrong clock has said since."""
    alive = {"seen_at": now, "stopped_at": None, **signs}
    if not Checker.objects.filter(pk=presence.id).update(**alive):
        known = {"location": presence.location, "started_at": presence.started_at}
        try:
            with transaction.atomic():
                Checker.objects.create(pk=presence.id, name=presence.name, **known, **alive)
        except IntegrityError:
            logger.warning("Another checker has the name %s now", presence.name)


def peers(now: datetime) -> list[Peer]:
    """Give the checkers that run."""
    running = Checker.objects.filter(stopped_at=None, seen_at__gt=now - SILENT_AFTER)
    return [Peer(pk, location) for pk, location in running.values_list("pk", "location")]


async def keep_telling(
    presence: Presence,
    gauges: Gauges,
    recorder: Recorder,
    claimer: Claimer,
    database: DatabaseThread,
) -> None:
    """Write a sign of life every few seconds, and look for those of the others, until cancelled."""

    def exchange(signs: dict[str, object]) -> None:
        now = database.clock.read()
        give_sign(presence, signs, now)
        claimer.meet(peers(now))

    seldom = Seldom(logger)
    while True:
        await asyncio.sleep(SIGN_EVERY_S)
        signs = {
            "in_flight": gauges.in_flight,
            "unwritten": recorder.waiting,
            "checks_per_s": gauges.checks_per_s,
            "lag_ms": gauges.lag_ms,
            "late_ms": gauges.late_ms,
            "write_ms": gauges.write_ms,
            "errors": gauges.errors,
            "set_aside": gauges.set_aside,
            "trouble": gauges.trouble,
        }
        gauges.begin_anew()
        try:
            await database.run(lambda signs=signs: exchange(signs))  # type: ignore[misc]
            seldom.is_over()
        except DATABASE_ERRORS as error:
            seldom.warning("No sign of life while the database is away: %s", error)


def sign_off(presence: Presence, now: datetime) -> None:
    """Say that a checker has ended in order, unless another has taken its name since."""
    ended = {"seen_at": now, "stopped_at": now, "in_flight": 0, "unwritten": 0, "trouble": ""}
    mine = Checker.objects.filter(pk=presence.id, started_at=presence.started_at)
    mine.update(**ended, checks_per_s=0.0)
