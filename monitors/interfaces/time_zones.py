"""Time zones by the names of the time zone database."""

from functools import cache
from zoneinfo import available_timezones

from django.utils import timezone


class BadZone(ValueError):  # noqa: N818 - reads as what it is at every raise
    """A name that is none; its text is a sentence for whoever typed it."""


@cache
def zone_names() -> tuple[str, ...]:
    """Give the names that people choose from, UTC first."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return ("UTC", *sorted(places))


def zones_to_choose(*more: str) -> tuple[str, ...]:
    """Give the zone of the page first, then that of the site and others that must not miss."""
    first = timezone.get_current_timezone_name(), timezone.get_default_timezone_name()
    return tuple(dict.fromkeys((*first, *more, *zone_names())))


def known_zone(name: str) -> str:
    """Give a name back. Raises BadZone."""
    if name not in available_timezones():
        raise BadZone(f"“{name[:50]}” is no time zone like Europe/Berlin.")
    return name
