"""What a public status page says: the state of its parts, and of the whole in words."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from .spec import BadSetting
from .state import State

MAX_SLUG_LENGTH = 60
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
# White text on the colour is to be read (WCAG 2.2, 1.4.3).
LEAST_CONTRAST = 4.5


class Visibility(StrEnum):
    """Who finds a page."""

    PUBLIC = "public"
    UNLISTED = "unlisted"

    @property
    def label(self) -> str:
        return {
            Visibility.PUBLIC: "Public",
            Visibility.UNLISTED: "Unlisted: only with the link, not for search engines",
        }[self]


class PartState(StrEnum):
    """The state of a part, in the words of Atlassian Statuspage; `unknown` is ours."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded_performance"
    OUTAGE = "major_outage"
    MAINTENANCE = "under_maintenance"
    UNKNOWN = "unknown"
    """Nobody knows: paused, new, or not looked at for too long."""

    @property
    def label(self) -> str:
        return {
            PartState.OPERATIONAL: "Operational",
            PartState.DEGRADED: "Degraded performance",
            PartState.OUTAGE: "Outage",
            PartState.MAINTENANCE: "Under maintenance",
            PartState.UNKNOWN: "Not monitored at the moment",
        }[self]

    @property
    def kind(self) -> str:
        """The word by which it is drawn."""
        return {
            PartState.OPERATIONAL: "up",
            PartState.DEGRADED: "degraded",
            PartState.OUTAGE: "down",
            PartState.MAINTENANCE: "maintenance",
            PartState.UNKNOWN: "unknown",
        }[self]


class Stage(StrEnum):
    """How far an incident is, as a post says."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Overall:
    """The state of a page as a whole."""

    indicator: str
    """none, minor, major, critical or maintenance, as Atlassian Statuspage has them."""
    words: str
    kind: str
    """The word by which it is drawn."""


_STATES = {
    State.UP: PartState.OPERATIONAL,
    State.DEGRADED: PartState.DEGRADED,
    State.DOWN: PartState.OUTAGE,
}


def part_state(state: State, *, in_maintenance: bool) -> PartState:
    """Give what the public is told of a service; planned work explains whatever it does."""
    if in_maintenance:
        return PartState.MAINTENANCE
    return _STATES.get(state, PartState.UNKNOWN)


_OVERALL = {
    PartState.DEGRADED: Overall("minor", "Degraded performance", "degraded"),
    PartState.UNKNOWN: Overall("minor", "Some systems are not monitored at the moment", "unknown"),
    PartState.MAINTENANCE: Overall("maintenance", "Maintenance in progress", "maintenance"),
    PartState.OPERATIONAL: Overall("none", "All systems operational", "up"),
}


def overall(states: Collection[PartState]) -> Overall:
    """Say in words how a page stands; the worst that is known goes first."""
    known = [state for state in states if state is not PartState.UNKNOWN]
    if not known:
        return Overall("minor", "No current data", "unknown")
    if set(known) == {PartState.OUTAGE}:
        return Overall("critical", "Major outage", "down")
    if PartState.OUTAGE in known:
        return Overall("major", "Partial outage", "down")
    return next(said for state, said in _OVERALL.items() if state in states)


def checked_slug(text: str) -> str:
    """Give a slug back in small letters. Raises BadSetting."""
    slug = text.strip().lower()
    if len(slug) > MAX_SLUG_LENGTH or not _SLUG.fullmatch(slug):
        raise BadSetting("Use small letters, digits and single hyphens, like my-company.")
    return slug


def checked_accent(text: str) -> str:
    """Give a colour back, or nothing for the usual one. Raises BadSetting."""
    colour = text.strip().lower()
    if not colour:
        return ""
    if not _COLOUR.fullmatch(colour):
        raise BadSetting("Use a colour like #1f5f7a.")
    if _contrast_with_white(colour) < LEAST_CONTRAST:
        raise BadSetting("Use a darker colour: white text on it could not be read.")
    return colour


def _contrast_with_white(colour: str) -> float:
    """Give the contrast ratio by WCAG 2.2."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(share: float) -> float:
    low = 0.04045
    return share / 12.92 if share <= low else float(((share + 0.055) / 1.055) ** 2.4)
