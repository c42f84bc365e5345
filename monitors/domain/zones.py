"""Time zones by their names in the time zone database."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# As the time zone database names them: nothing that could lead to another file.
_NAME = re.compile(r"[A-Za-z0-9_+-]{1,20}(/[A-Za-z0-9_+-]{1,20}){0,2}")


def zone_of(name: str) -> ZoneInfo | None:
    """Give a zone; None for what is no name of one, or of none that this machine knows."""
    try:
        return ZoneInfo(name) if _NAME.fullmatch(name) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
