"""Makes room for as many connections as are wanted, or wants fewer."""

import logging
import resource

logger = logging.getLogger(__name__)

# What the program itself holds open: its database, its log, its event loop, lookups.
RESERVED = 48
# A check may hold two while it tries several addresses, or looks at a refused certificate.
PER_CHECK = 2


def make_room(concurrency: int) -> int:
    """Raise the limit of open files as far as that many checks need; give how many there may be.

    Source: https://docs.python.org/3/library/resource.html#resource.setrlimit
    """
    wanted = RESERVED + PER_CHECK * concurrency
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return concurrency
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    possible = max(1, (max(soft, most) - RESERVED) // PER_CHECK)
    if possible < concurrency:
        logger.warning(
            "At most %d checks run at the same time, not %d: this process may open %d files "
            "(ulimit -n)",
            possible,
            concurrency,
            max(soft, most),
        )
    return min(concurrency, possible)
