"""How a person wants to see the pages."""

from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"

    @property
    def label(self) -> str:
        return {
            Theme.SYSTEM: "Same as my system",
            Theme.LIGHT: "Light",
            Theme.DARK: "Dark",
        }[self]


@dataclass(frozen=True, slots=True)
class Preferences:
    """By default what everybody gets who has chosen nothing, or is not logged in."""

    zone: ZoneInfo | None = None
    """None: that of the browser; the site's where it runs no scripts."""
    theme: Theme = Theme.SYSTEM
