"""The list page: what each line of it shows.

It reads no history, and takes as many queries for ten services as for ten thousand.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from monitors.domain.certificates import NO_EXPIRY, is_near
from monitors.domain.result import Status
from monitors.domain.state import State
from monitors.domain.uptime import Uptime
from monitors.models import DueCheck, Service, Tag

from .dependencies import Neighbour, causes_down
from .incidents import open_count
from .listed import Listed, listed
from .maintenance import covered
from .paging import Numbered
from .service_groups import Group, find_groups
from .service_list import ListFilter, Overview, StateCount, counts, find, overview, pages
from .uptime import uptimes_of_many

UPTIMES = (timedelta(hours=24), timedelta(days=30))


@dataclass(frozen=True, slots=True)
class CertificateLeft:
    """The certificate that the last check over TLS was shown."""

    days: int
    """Whole days until it expires; below 0 once it has."""
    expires_at: datetime
    is_near: bool
    """Whether a check is DEGRADED for it."""


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One line of the list."""

    id: int
    name: str
    url: str
    state: State
    """As shown: UNKNOWN where nobody has looked lately."""
    since: datetime
    last_checked_at: datetime | None
    was_judged: bool
    """False where the last check could not say anything about the service."""
    message: str
    response_time_ms: float | None
    recent: str
    """Its last results, as `domain.recent` reads them."""
    tags: tuple[str, ...]
    uptimes: tuple[Uptime, ...]
    """Of the windows of the list; only there."""
    certificate: CertificateLeft | None
    failing_since: datetime | None
    """When a failure began that is not confirmed yet."""
    failures: int
    failures_needed: int
    interval_s: int
    in_maintenance: bool
    """Beside its state: alerts are held, and the time is left out of uptime."""
    behind: tuple[Neighbour, ...] = ()
    """What is DOWN that it depends on, where it is not well itself."""

    @property
    def is_plainly_up(self) -> bool:
        """Tell whether its last message says no more than its state."""
        return self.state is State.UP and self.failing_since is None and self.was_judged


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group of the list with the lines under its heading."""

    of: Group
    services: Sequence[ServiceRow] | None
    """The first of them; None where they are not shown yet."""


@dataclass(frozen=True, slots=True)
class ListPage(Numbered):
    """One page of the list, and the counts over it."""

    counts: tuple[StateCount, ...]
    """By state, worst first: of all services, or of those that words and tag leave."""
    down: int
    """Of all services, whatever the filter."""
    total: int
    tags: tuple[str, ...]
    open_incidents: int
    """Of all services, whatever the filter."""
    services: Sequence[ServiceRow] = ()
    groups: Sequence[ShownGroup] = ()
    """In place of services."""
    matching: int = 0
    """Services, or groups."""
    number: int = 1
    pages: int = 1

    @property
    def counted(self) -> int:
        return sum(entry.count for entry in self.counts)

    @property
    def title(self) -> str:
        return f"({self.down} down) Services" if self.down else "Services"

    @property
    def said(self) -> str:
        """What is told to those who do not see the page when its title changes."""
        count = f"{self.down} service{'' if self.down == 1 else 's'}" if self.down else "No service"
        return f"{count} down"


def list_page(wanted: ListFilter, now: datetime) -> ListPage:
    seen = overview(now)
    found = find(wanted, seen, now)
    return replace(
        _empty_page(wanted, seen, now),
        services=_rows(found.ids, now),
        matching=found.matching,
        number=found.page,
        pages=pages(found.matching),
    )


def grouped_page(wanted: ListFilter, asked: Collection[int], now: datetime) -> ListPage:
    """Give the list by tag; what is under a heading where that is asked for or not all is up."""
    found = find_groups(wanted, asked, now)
    rows = {row.id: row for row in _rows(found.service_ids, now)}
    return replace(
        _empty_page(wanted, overview(now), now),
        groups=[_shown(group, rows) for group in found.groups],
        matching=found.matching,
        number=found.page,
        pages=found.pages,
    )


def _shown(group: Group, rows: Mapping[int, ServiceRow]) -> ShownGroup:
    if group.first is None:
        return ShownGroup(group, None)
    return ShownGroup(group, [rows[pk] for pk in group.first if pk in rows])


def _empty_page(wanted: ListFilter, seen: Overview, now: datetime) -> ListPage:
    return ListPage(
        counts=counts(wanted, seen, now),
        down=seen.count(State.DOWN),
        total=seen.total,
        tags=tuple(Tag.objects.values_list("name", flat=True)),
        open_incidents=open_count(),
    )


def _rows(ids: Sequence[int], now: datetime) -> list[ServiceRow]:
    shown = listed(ids)
    uptimes = uptimes_of_many(shown, UPTIMES, now)
    tags, in_maintenance = tags_of(ids), covered(ids, now)
    rows = [
        service_row(
            service,
            now,
            tags[service.pk],
            uptimes[service.pk],
            in_maintenance=service.pk in in_maintenance,
        )
        for service in shown
    ]
    return with_causes(rows, now)


def with_causes(rows: Sequence[ServiceRow], now: datetime) -> list[ServiceRow]:
    """Add what those that are not well are behind; nothing is asked where all are."""
    unwell = [row.id for row in rows if _is_unwell(row)]
    causes = causes_down(unwell, now) if unwell else {}
    return [replace(row, behind=tuple(causes.get(row.id, ()))) for row in rows]


def _is_unwell(row: ServiceRow) -> bool:
    return row.failing_since is not None or row.state not in {State.UP, State.PAUSED}


def tags_of(services: Sequence[int] | QuerySet[Service]) -> dict[int, list[str]]:
    """Give the names of the tags of services; prefetching them would take ten times as long."""
    found: dict[int, list[str]] = defaultdict(list)
    through = Service.tags.through.objects.filter(service__in=services).order_by("tag__name")
    for service_id, name in through.values_list("service_id", "tag__name"):
        found[service_id].append(name)
    return found


def next_checks_of(services: QuerySet[Service]) -> dict[int, datetime]:
    """Give when services are checked next; none where they are paused."""
    due = DueCheck.objects.filter(service__in=services).order_by()
    return dict(due.values_list("service_id").annotate(next=Min("due_at")))


def service_row(
    service: Service | Listed,
    now: datetime,
    tags: Sequence[str],
    uptimes: Sequence[Uptime] = (),
    *,
    in_maintenance: bool = False,
) -> ServiceRow:
    """Read a service as the list shows it."""
    state = shown_state(service, now)
    stale = state.value != service.state
    return ServiceRow(
        id=service.pk,
        name=service.name,
        url=service.url,
        state=state,
        since=service.fresh_until if stale and service.fresh_until else service.state_since,
        last_checked_at=service.last_checked_at,
        was_judged=service.last_status != Status.NOT_JUDGED.value,
        message=service.last_message,
        response_time_ms=service.last_response_time_ms,
        recent=service.recent,
        tags=tuple(tags),
        uptimes=tuple(uptimes),
        certificate=_certificate_left(service, now),
        failing_since=None if stale else _failing_since(service),
        failures=service.streak,
        failures_needed=service.failures_before_down,
        interval_s=service.interval_s,
        in_maintenance=in_maintenance,
    )


def shown_state(service: Service | Listed, now: datetime) -> State:
    """Give the state, or UNKNOWN where nobody has looked lately."""
    fresh = service.fresh_until is None or now <= service.fresh_until
    state = State(service.state)
    return state if fresh or state is State.PAUSED else State.UNKNOWN


def _failing_since(service: Service | Listed) -> datetime | None:
    return None if service.state == State.DOWN else service.streak_since


def _certificate_left(service: Service | Listed, now: datetime) -> CertificateLeft | None:
    expires_at = service.certificate_expires_at
    if expires_at is None or expires_at >= NO_EXPIRY:
        return None
    near = service.verify_tls and is_near(expires_at, service.tls_expiry_warn_days, now)
    return CertificateLeft((expires_at - now).days, expires_at, near)
