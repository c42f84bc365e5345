"""What a visitor sees of a status page: values that hold no address, and no error unless chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from monitors.domain.state import State
from monitors.domain.status_pages import Overall, PartState, Stage, overall, part_state
from monitors.domain.uptime_days import Day
from monitors.models import (
    MaintenanceOccurrence,
    StatusComponent,
    StatusNotice,
    StatusPage,
    StatusPost,
)

from .checkers import backlog
from .maintenance import covered, reached
from .uptime_days import uptime_days

RECENT_DAYS = 14
PLANNED_AHEAD = timedelta(days=30)
MOST_PLANNED = 20
MOST_NOTICES = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A component as it is shown."""

    id: int
    name: str
    group: str
    state: PartState
    since: datetime
    message: str
    """What the last check found; empty unless that was chosen and it is not well."""
    days: tuple[Day, ...]
    percent: float | None
    """Uptime in % of what was watched of these days."""
    watched_s: float

    @property
    def is_young(self) -> bool:
        """Whether much less was watched than is shown."""
        return self.watched_s < 0.9 * len(self.days) * 86_400

    @property
    def days_with_downtime(self) -> tuple[Day, ...]:
        """Newest first."""
        return tuple(day for day in reversed(self.days) if day.uptime.down_s)


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    """Empty for those in no group."""
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Update:
    id: int
    at: datetime
    stage: Stage
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    id: int
    title: str
    started_at: datetime
    resolved_at: datetime | None
    parts: tuple[str, ...]
    part_ids: tuple[int, ...]
    updates: tuple[Update, ...]
    """Newest first."""

    @property
    def stage(self) -> Stage:
        if self.resolved_at is not None:
            return Stage.RESOLVED
        return self.updates[0].stage if self.updates else Stage.INVESTIGATING

    @property
    def updated_at(self) -> datetime:
        return self.updates[0].at if self.updates else self.started_at


@dataclass(frozen=True, slots=True)
class Planned:
    """Maintenance that lasts or is to come; its name is for the team."""

    id: int
    starts_at: datetime
    ends_at: datetime
    parts: tuple[str, ...]
    part_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PublicPage:
    id: int
    slug: str
    title: str
    text: str
    accent: str
    is_listed: bool
    """Whether search engines may find it."""
    overall: Overall
    groups: tuple[Group, ...]
    open: tuple[Notice, ...]
    recent: tuple[Notice, ...]
    """Resolved within the last two weeks."""
    planned: tuple[Planned, ...]
    is_late: bool
    """Whether the monitor itself is behind, so that states may be out of date."""
    zone: str
    """Whose clocks the times are by."""
    now: datetime

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(part for group in self.groups for part in group.parts)


class _Watched(NamedTuple):
    pk: int
    fresh_until: datetime | None


def public_page(page: StatusPage, now: datetime) -> PublicPage:
    """Read a page as it is shown, in a number of queries that does not grow with its size."""
    components = list(page.components.select_related("service"))
    zone = timezone.get_default_timezone()
    parts = _parts(page, components, now)
    notices = _notices(page, now)
    return PublicPage(
        id=page.pk,
        slug=page.slug,
        title=page.title,
        text=page.text,
        accent=page.accent,
        is_listed=page.visibility == "public",
        overall=overall([part.state for part in parts]),
        groups=_grouped(parts),
        open=tuple(each for each in notices if each.resolved_at is None),
        recent=tuple(each for each in notices if each.resolved_at is not None),
        planned=_planned(components, now),
        is_late=backlog(now).is_late,
        zone=str(zone),
        now=now,
    )


def notices_between(page: StatusPage, start: datetime, end: datetime) -> tuple[Notice, ...]:
    """Give what began within a time, newest first."""
    found = page.notices.filter(started_at__gte=start, started_at__lt=end)
    return tuple(_notice(each) for each in _with_posts(found.order_by("-started_at", "-pk")))


def latest_notices(page: StatusPage, count: int = MOST_NOTICES) -> tuple[Notice, ...]:
    found = page.notices.order_by("-started_at", "-pk")
    return tuple(_notice(each) for each in _with_posts(found)[:count])


def _parts(page: StatusPage, components: Sequence[StatusComponent], now: datetime) -> list[Part]:
    services = {each.service_id: each.service for each in components}
    at_work = covered(services.keys(), now)
    watched = [_Watched(each.pk, each.fresh_until) for each in services.values()]
    days = uptime_days(watched, now, ZoneInfo(str(timezone.get_default_timezone())))
    return [
        _part(page, each, days[each.service_id], now, in_maintenance=each.service_id in at_work)
        for each in components
    ]


def _part(
    page: StatusPage,
    component: StatusComponent,
    days: tuple[Day, ...],
    now: datetime,
    *,
    in_maintenance: bool,
) -> Part:
    service = component.service
    is_fresh = service.fresh_until is None or now <= service.fresh_until
    state = State(service.state) if is_fresh else State.UNKNOWN
    shown = part_state(state, in_maintenance=in_maintenance)
    tells = page.shows_messages and shown in {PartState.OUTAGE, PartState.DEGRADED}
    good_s = sum(day.uptime.up_s + day.uptime.degraded_s for day in days)
    down_s = sum(day.uptime.down_s for day in days)
    watched_s = good_s + down_s
    return Part(
        id=component.pk,
        name=component.name,
        group=component.group,
        state=shown,
        since=service.state_since,
        message=service.last_message if tells else "",
        days=days,
        percent=good_s / watched_s * 100 if watched_s else None,
        watched_s=watched_s,
    )


def _grouped(parts: Sequence[Part]) -> tuple[Group, ...]:
    """Put parts under the headings of their groups, in the order in which those come first."""
    names = dict.fromkeys(part.group for part in parts)
    return tuple(Group(name, tuple(part for part in parts if part.group == name)) for name in names)


def _notices(page: StatusPage, now: datetime) -> list[Notice]:
    recent = now - timedelta(days=RECENT_DAYS)
    found = page.notices.exclude(resolved_at__lt=recent).order_by("-started_at", "-pk")
    return [_notice(each) for each in _with_posts(found)[:MOST_NOTICES]]


def _with_posts(found: QuerySet[StatusNotice]) -> QuerySet[StatusNotice]:
    posts = StatusPost.objects.order_by("-at", "-pk")
    return found.prefetch_related(Prefetch("posts", posts), "components")


def _notice(notice: StatusNotice) -> Notice:
    updates = (
        Update(each.pk, each.at, Stage(each.stage), each.text) for each in notice.posts.all()
    )
    return Notice(
        notice.pk,
        notice.title,
        notice.started_at,
        notice.resolved_at,
        tuple(each.name for each in notice.components.all()),
        tuple(each.pk for each in notice.components.all()),
        tuple(updates),
    )


def _planned(components: Sequence[StatusComponent], now: datetime) -> tuple[Planned, ...]:
    shown = {each.service_id: each for each in components}
    coming = MaintenanceOccurrence.objects.filter(
        followed_up_at=None, ends_at__gt=now, starts_at__lt=now + PLANNED_AHEAD
    ).filter(window__removed_at=None)
    occurrences = list(coming.order_by("starts_at", "pk")[: 10 * MOST_PLANNED])
    by_window = reached({each.window_id for each in occurrences}, shown.keys())
    found = []
    for each in occurrences:
        parts = [part for pk, part in shown.items() if pk in by_window[each.window_id]]
        names, ids = tuple(part.name for part in parts), tuple(part.pk for part in parts)
        found.append(Planned(each.pk, each.starts_at, each.ends_at, names, ids))
    return tuple(each for each in found if each.parts)[:MOST_PLANNED]
