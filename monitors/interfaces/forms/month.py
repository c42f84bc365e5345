"""A month that an address names."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

_FORM = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_FIRST_YEAR, _MONTHS = 2000, 12


@dataclass(frozen=True, slots=True)
class Month:
    """A month by the clocks of the site; `end` is the beginning of the next."""

    year: int
    number: int

    @property
    def name(self) -> str:
        return f"{self.year}-{self.number:02}"

    @property
    def start(self) -> datetime:
        zone = timezone.get_default_timezone()
        return datetime(self.year, self.number, 1, tzinfo=zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        return self.next.start

    @property
    def next(self) -> "Month":
        return self._moved(1)

    @property
    def previous(self) -> "Month":
        return self._moved(-1)

    def _moved(self, by: int) -> "Month":
        year, number = divmod(self.year * _MONTHS + self.number - 1 + by, _MONTHS)
        return Month(year, number + 1)


def month_of(moment: datetime) -> Month:
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return Month(local.year, local.month)


def read_month(text: str, now: datetime) -> Month:
    """Read a month like 2026-11; what is none, lies ahead, or before the year 2000, is this one."""
    present = month_of(now)
    found = _FORM.fullmatch(text)
    if found is None:
        return present
    year, number = int(found[1]), int(found[2])
    if not 1 <= number <= _MONTHS or year < _FIRST_YEAR:
        return present
    return min(Month(year, number), present, key=lambda month: (month.year, month.number))
