"""What a wall display shows, read anew at every poll, and which displays there are.

Of many services it counts all and reads those that it has room for.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from monitors.domain import wall as words
from monitors.domain.state import State
from monitors.domain.wall import NOT_WELL, Headline, Plan
from monitors.models import Incident, Service, WallDisplay
from monitors.models.incident import IncidentQuerySet

from .checkers import Backlog, backlog
from .dashboard import service_row, tags_of
from .listed import Listed, listed
from .maintenance import covered
from .service_list import PAGE_SIZE, ListFilter, counts, find, overview


@dataclass(frozen=True, slots=True)
class Tile:
    """A service as a wall shows it: neither its address nor what a check met is in here."""

    id: int
    name: str
    state: State
    since: datetime
    is_failing: bool
    """Whether it fails without being down yet."""
    about: str
    """Why it is not well, and who is on it."""
    group: str
    """The first of its tags; empty without one."""

    @property
    def kind(self) -> str:
        """The word by which it is drawn."""
        return "degraded" if self.is_failing else self.state.lower()


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Wall:
    name: str
    headline: Headline
    down: int
    backlog: Backlog
    open_incidents: int
    unacknowledged: int
    large: tuple[Tile, ...]
    """What is not well, worst first, as much of it as there is room for."""
    more: int
    """How many others are not well."""
    groups: tuple[Group, ...]
    """All others; none where there is no room."""
    size: str
    """Of the tiles of these."""
    counted: str
    """All others in numbers, where they are not shown."""

    @property
    def title(self) -> str:
        return f"({self.down} down) {self.name}" if self.down else self.name


@dataclass(frozen=True, slots=True)
class _Incidents:
    open: int
    unacknowledged: int


def display_at(token: str) -> WallDisplay | None:
    """Find the display of an address that answers."""
    return WallDisplay.objects.shown().select_related("tag").filter(token=token).first()


def displays() -> list[WallDisplay]:
    return list(WallDisplay.objects.select_related("tag")[: words.MOST_DISPLAYS])


def wall(display: WallDisplay, now: datetime) -> Wall:
    tag = display.tag.name if display.tag is not None else ""
    waiting, incidents = backlog(now), _incidents(tag)
    seen = overview(now)
    wanted = ListFilter(tag=tag)
    count = {entry.state: entry.count for entry in counts(wanted, seen, now)}
    not_well = sum(count[state] for state in NOT_WELL)
    room = words.room_below(not_well, is_late=waiting.is_late)
    ids = find(wanted, seen, now).ids
    tiles = _tiles(_wanted_ids(ids, count, not_well, room), tag, now)
    large = [tile for tile in tiles if tile.state in NOT_WELL][: words.large_tiles(not_well)]
    groups, chosen = _arranged([tile for tile in tiles if tile.state not in NOT_WELL], room)
    return Wall(
        name=display.name,
        headline=words.headline(count, is_late=waiting.is_late),
        down=count[State.DOWN],
        backlog=waiting,
        open_incidents=incidents.open,
        unacknowledged=incidents.unacknowledged,
        large=tuple(large),
        more=max(0, not_well - len(large)),
        groups=groups,
        size=chosen.size if chosen else "",
        counted="" if groups else words.count_words(count),
    )


def _wanted_ids(
    ids: Sequence[int], count: Mapping[State, int], not_well: int, room: float
) -> Sequence[int]:
    """Leave the ids of what is shown: all others only where all of them have a place."""
    large = ids[: words.large_tiles(not_well)]
    total = sum(count.values())
    if total > PAGE_SIZE or total - not_well > words.places_for(room):
        return large
    return [*large, *ids[not_well:]]


def _tiles(ids: Sequence[int], own_tag: str, now: datetime) -> list[Tile]:
    at_work, tags = covered(ids, now), tags_of(ids)
    told = _acknowledged(ids)
    return [
        _tile(
            service,
            now,
            next((name for name in tags[service.pk] if name != own_tag), ""),
            _response(told.get(service.pk), in_maintenance=service.pk in at_work),
        )
        for service in listed(ids)
    ]


def _tile(service: Listed, now: datetime, group: str, response: str) -> Tile:
    row = service_row(service, now, ())
    why = words.reason_words(row.state, service.last_status, service.last_reason)
    return Tile(
        id=row.id,
        name=row.name,
        state=row.state,
        since=row.since,
        is_failing=row.failing_since is not None and row.state is State.UP,
        about=" · ".join(part for part in (why, response) if part),
        group=group,
    )


def _response(is_acknowledged: bool | None, *, in_maintenance: bool) -> str:
    """Say who is on it; nothing where there is no incident."""
    if in_maintenance:
        return "in maintenance"
    if is_acknowledged is None:
        return ""
    return "acknowledged" if is_acknowledged else "unacknowledged"


def _arranged(tiles: Sequence[Tile], room: float) -> tuple[tuple[Group, ...], Plan | None]:
    """Put tiles under the headings of their groups, those in none last, if there is room."""
    by_name: dict[str, list[Tile]] = defaultdict(list)
    for tile in tiles:
        by_name[tile.group].append(tile)
    chosen = words.plan([len(group) for group in by_name.values()], room) if tiles else None
    if chosen is None:
        return (), None
    if not chosen.is_grouped:
        return (Group("", tuple(tiles)),), chosen
    names = sorted(by_name, key=lambda name: (not name, name))
    return tuple(Group(name, tuple(by_name[name])) for name in names), chosen


def _incidents(tag: str) -> _Incidents:
    found = _open(tag).aggregate(
        open=Count("pk"), unacknowledged=Count("pk", filter=Q(acknowledged_at=None))
    )
    return _Incidents(found["open"], found["unacknowledged"])


def _open(tag: str) -> IncidentQuerySet:
    found = Incident.objects.open()
    return found.filter(service__in=Service.objects.tagged(tag).values("pk")) if tag else found


def _acknowledged(service_ids: Sequence[int]) -> dict[int, bool]:
    """Tell of services with an open incident whether somebody has acknowledged it."""
    found = Incident.objects.open().filter(service__in=service_ids)
    return {pk: at is not None for pk, at in found.values_list("service_id", "acknowledged_at")}
