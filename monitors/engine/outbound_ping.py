"""Tells another monitor that this one lives."""

import asyncio
import logging
import time

from monitors.domain.result import Status
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge
from monitors.loops.database import DatabaseThread
from monitors.probes import observe

from .limits import limits

logger = logging.getLogger(__name__)

EVERY_S = 60.0
# Silence is the alarm: a checker whose database does not answer sends nothing.
ANSWERED_WITHIN_S = 30.0


async def keep_pinging(url: str, database: DatabaseThread, every_s: float = EVERY_S) -> None:
    """Ask for the URL every minute while the database answers, until cancelled."""
    spec = CheckSpec(url, timeout_s=10.0)
    while True:
        if time.monotonic() - database.answered_s < ANSWERED_WITHIN_S:
            result = judge(spec, await observe(spec, limits()))
            if result.status in {Status.DOWN, Status.NOT_JUDGED}:
                logger.warning("The ping of HEARTBEAT_URL did not arrive: %s", result.message)
        await asyncio.sleep(every_s)
