"""Follows maintenance up within seconds of its end: what still fails is told then."""

import asyncio
import logging

from monitors.actions.occurrences import follow_up_next
from monitors.loops.database import DATABASE_ERRORS, DatabaseThread, Seldom

logger = logging.getLogger(__name__)

EVERY_S = 2.0


async def keep_following_up(database: DatabaseThread, every_s: float = EVERY_S) -> None:
    """Work until cancelled. Of several checkers whoever comes first follows up (a row lock)."""
    seldom = Seldom(logger)
    while True:
        try:
            while await database.run(lambda: follow_up_next(database.clock.read())):
                pass
            seldom.is_over()
        except DATABASE_ERRORS as error:
            seldom.warning("Maintenance is not followed up while the database is away: %s", error)
        await asyncio.sleep(every_s)
