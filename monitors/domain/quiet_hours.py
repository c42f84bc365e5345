"""Hours of the day in which a channel is told nothing, by the clocks of a place."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .zones import zone_of


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a time of day (included) to another (not included), past midnight where that is less.

    Of the two hours that clocks show alike in autumn the first counts; a time that they skip in
    spring comes as much later as they skip.
    """

    begin: time
    end: time
    zone: str

    def end_at(self, now: datetime) -> datetime | None:
        """Give when the quiet hours end that it is in; None where it is in none."""
        place = _zone(self.zone)
        today = now.astimezone(place).date()
        for day in (today - timedelta(days=1), today):
            begins = datetime.combine(day, self.begin, place).astimezone(UTC)
            last_day = day if self.begin < self.end else day + timedelta(days=1)
            ends = datetime.combine(last_day, self.end, place).astimezone(UTC)
            # Where both are the same, no hour is meant, and certainly not all of them.
            if self.begin != self.end and begins <= now < ends:
                return ends
        return None


def _zone(name: str) -> ZoneInfo:
    """Find a zone; one that this machine does not know any more is UTC."""
    return zone_of(name) or ZoneInfo("UTC")
