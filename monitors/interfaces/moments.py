"""Moments that people and programs name: of this calendar, and always with a zone."""

from datetime import UTC, datetime, tzinfo

from django.utils import timezone

# Moments near the ends of the calendar overflow in other time zones, and mean nothing here.
FIRST_YEAR, LAST_YEAR = 1970, 8999
OUT_OF_RANGE = f"Years go from {FIRST_YEAR} to {LAST_YEAR}."


class BadMoment(ValueError):  # noqa: N818 - reads as what it is at every raise
    """A moment that cannot be used; its text is a sentence for whoever named it."""


def usable(moment: datetime, zone: tzinfo | None = None) -> datetime:
    """Give a moment in UTC: PostgreSQL knows only offsets below 16 hours. Raises BadMoment.

    One that names no zone is read in the one given, or in that of the site.
    """
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadMoment(OUT_OF_RANGE)
    aware = timezone.make_aware(moment, zone) if timezone.is_naive(moment) else moment
    return aware.astimezone(UTC)
