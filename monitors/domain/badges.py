"""What a badge says: whose it is, one figure in a few words, and how good that is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from .names import checked_name
from .spec import BadSetting
from .status_pages import PartState, overall
from .uptime import Uptime
from .wording import milliseconds, percent, rough_duration

MAX_LABEL_LENGTH = 50
DEFAULT_RANGE = "30d"
RANGES = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "365d": timedelta(days=365),
}
RESPONSE_RANGE = timedelta(hours=24)
GOOD_FROM_PERCENT = 99.9
BAD_BELOW_PERCENT = 99.0
# Of a range that was watched for less than this share, the badge says how long it was.
WATCHED_SHARE = 0.9
UNKNOWN = "unknown"


class SubjectKind(StrEnum):
    """What a badge may be of."""

    SERVICE = "service"
    TAG = "tag"
    STATUS_PAGE = "status_page"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Subject:
    """One service, tag or status page."""

    kind: SubjectKind
    pk: int


class Figure(StrEnum):
    """What a badge tells of its subject."""

    STATE = "state"
    UPTIME = "uptime"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure, and of uptime the name of its range."""

    figure: Figure
    range: str = ""

    @property
    def length(self) -> timedelta:
        return RANGES[self.range] if self.figure is Figure.UPTIME else RESPONSE_RANGE


@dataclass(frozen=True, slots=True)
class Value:
    words: str
    kind: str
    """By which it is coloured: up, degraded, down, maintenance, unknown, or plain."""


@dataclass(frozen=True, slots=True)
class Face:
    """A badge as it is shown."""

    label: str
    value: Value


def state_value(states: Collection[PartState]) -> Value:
    """Say how the services of a badge are, as a status page does: the worst goes first."""
    whole = overall(states)
    is_partial = whole.indicator == "major" or (
        whole.kind == UNKNOWN and set(states) > {PartState.UNKNOWN}
    )
    return Value(f"partly {whole.kind}" if is_partial else whole.kind, whole.kind)


def uptime_value(found: Uptime, length: timedelta, services: int) -> Value:
    """Say the uptime of a range, of all services together; unknown where nobody saw anything."""
    share = found.percent
    if share is None:
        return Value(UNKNOWN, UNKNOWN)
    watched_s = found.seen_s / services
    is_young = watched_s < WATCHED_SHARE * length.total_seconds()
    words = f"{percent(share)} of {rough_duration(watched_s)}" if is_young else percent(share)
    return Value(words, _kind_of_uptime(share))


def response_value(median_ms: float | None) -> Value:
    if median_ms is None:
        return Value(UNKNOWN, UNKNOWN)
    return Value(milliseconds(median_ms), "plain")


def usual_label(name: str, wanted: Wanted) -> str:
    """Name the subject and, of what is no state, the figure; a long name is cut."""
    number = wanted.range.rstrip("hd")
    more = {
        Figure.STATE: "",
        Figure.UPTIME: f" uptime {number} {wanted.range.removeprefix(number)}",
        Figure.RESPONSE: " response time",
    }[wanted.figure]
    room = MAX_LABEL_LENGTH - len(more)
    return (name if len(name) <= room else f"{name[: room - 1]}…") + more


def checked_label(text: str) -> str:
    """Give a label back. Raises BadSetting."""
    if len(text) > MAX_LABEL_LENGTH:
        raise BadSetting(f"A label has at most {MAX_LABEL_LENGTH} characters.")
    return checked_name(text)


def _kind_of_uptime(share: float) -> str:
    if share >= GOOD_FROM_PERCENT:
        return "up"
    return "down" if share < BAD_BELOW_PERCENT else "degraded"
