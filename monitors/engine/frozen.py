"""Hands the check that froze a checker on to the program that takes its place.

It goes through the environment, which outlives the program and needs no database: the guard that
starts the program again cannot wait for one.
"""

import logging
import os

from monitors.actions.services import set_aside

from .claims import Claim

logger = logging.getLogger(__name__)

VARIABLE = "CHECK_THAT_FROZE"


def tell_the_next_program(claim: Claim | None) -> None:
    """Name the check under way, if it is one that stands still."""
    if claim is not None:
        logger.critical("The check of service %d froze the checker", claim.due.service_id)
        os.environ[VARIABLE] = f"{claim.due.service_id} {claim.revision}"


def set_aside_what_froze() -> None:
    """Set aside the check that froze the program before this one."""
    told = os.environ.get(VARIABLE, "").split()
    if len(told) == 2 and all(word.isdecimal() for word in told):  # noqa: PLR2004 - as told
        set_aside(int(told[0]), revision=int(told[1]))
    # Not before it is written: the database may be away.
    os.environ.pop(VARIABLE, None)
