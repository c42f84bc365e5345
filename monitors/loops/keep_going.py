"""Keeps a part of a checker at work although something in it went wrong."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

AGAIN_AFTER_S = 5.0


async def keep_going(
    name: str,
    part: Callable[[], Awaitable[None]],
    count: Callable[[], None],
    after_s: float = AGAIN_AFTER_S,
) -> None:
    """Run a part until it ends or is cancelled; log and `count` an unexpected error.

    One that the part can tell (a database that is away) is its own to handle.
    """
    while True:
        try:
            await part()
        except Exception:
            count()
            logger.exception("The checker's %s went wrong; it goes on in %g s", name, after_s)
            await asyncio.sleep(after_s)
        else:
            return
