"""The figures of a report, from periods, incidents and what was reclassified."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from monitors.domain.incidents import IncidentCause
from monitors.domain.report_words import Outcome
from monitors.domain.reports import Figures, Outage, figures, total
from monitors.domain.uptime import uptime
from monitors.models import Incident, Service
from monitors.models.service import ServiceQuerySet

from .paging import Numbered
from .uptime import charges_of, stretches_of

PAGE_SIZE = 100
MOST_ON_A_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Which services a report is of: with tags or numbers those that have any of them."""

    tags: tuple[str, ...] = ()
    services: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """What a report says of one service."""

    service_id: int
    name: str
    url: str
    tags: tuple[str, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    start: datetime
    end: datetime
    target_percent: float
    lines: tuple[Line, ...]
    """By the name of the service."""
    total: Figures

    def left_s(self, line: Line) -> float | None:
        return line.figures.budget_left_s(self.target_percent)

    @property
    def worst_first(self) -> list[Line]:
        """Those with the least of their budget left first, those without data last."""

        def rank(line: Line) -> tuple[bool, float]:
            left_s = self.left_s(line)
            return left_s is None, left_s or 0.0

        return sorted(self.lines, key=rank)

    @property
    def missed(self) -> list[Line]:
        """Those that were down for longer than the target allows, the longest over it first."""
        return [line for line in self.worst_first if (self.left_s(line) or 0.0) < 0]

    @property
    def without_data(self) -> int:
        """How many services nobody saw in the range."""
        return sum(line.figures.seen_s <= 0 for line in self.lines)

    def outcome(self) -> Outcome:
        missed = [(line.name, -(self.left_s(line) or 0.0)) for line in self.missed]
        met = len(self.lines) - self.without_data - len(missed)
        return Outcome(self.target_percent, self.total, met, missed, self.without_data)


@dataclass(frozen=True, slots=True)
class Row:
    """A line as the page shows it."""

    line: Line
    left_s: float | None


@dataclass(frozen=True, slots=True)
class ReportPage(Numbered):
    """Some of the services of a report."""

    rows: Sequence[Row]
    number: int
    pages: int
    matching: int
    can_be_whole: bool
    """Whether all of them would go on one page, and do not yet."""


class _Service(NamedTuple):
    pk: int
    name: str
    url: str
    fresh_until: datetime | None


def uptime_report(
    scope: Scope, start: datetime, end: datetime, target_percent: float, now: datetime
) -> Report:
    """Read the figures of all services in a scope.

    However many they are, it takes six queries, and nine where maintenance is planned.
    """
    fields = _Service._fields  # noqa: SLF001 - not private: so that no field can be in its way
    chosen = _chosen(scope).order_by("name", "pk").values_list(*fields)
    services = [_Service(*row) for row in chosen]
    stretches = stretches_of(services, start, end, now)
    charges = charges_of(services, start, end)
    ids = [service.pk for service in services]
    tags = _tags(ids)
    outages = _outages(ids, start, min(end, now))
    lines = tuple(
        Line(
            pk,
            name,
            url,
            tuple(tags[pk]),
            figures(
                uptime(stretches[pk], start, end, charges[pk]),
                outages[pk],
                charges[pk],
                start,
                min(end, now),
            ),
        )
        for pk, name, url, _ in services
    )
    return Report(start, end, target_percent, lines, total(line.figures for line in lines))


def report_page(report: Report, number: int, *, by_name: bool, whole: bool) -> ReportPage:
    """Give one page; the number of one beyond the last becomes that. Or all, within reason."""
    lines = report.lines if by_name else report.worst_first
    size = MOST_ON_A_PAGE if whole else PAGE_SIZE
    pages = max(1, -(-len(lines) // size))
    number = min(max(1, number), pages)
    shown = lines[(number - 1) * size : number * size]
    return ReportPage(
        [Row(line, report.left_s(line)) for line in shown],
        number,
        pages,
        len(lines),
        can_be_whole=PAGE_SIZE < len(lines) <= MOST_ON_A_PAGE and not whole,
    )


def _chosen(scope: Scope) -> ServiceQuerySet:
    if not scope.tags and not scope.services:
        return Service.objects.all()
    through = Service.tags.through.objects
    tagged = through.filter(service=OuterRef("pk"), tag__name__in=scope.tags)
    return Service.objects.filter(Q(pk__among=scope.services) | Exists(tagged))


def _tags(ids: Collection[int]) -> dict[int, list[str]]:
    through = Service.tags.through.objects.filter(service__among=ids)
    found: dict[int, list[str]] = defaultdict(list)
    for service_id, name in through.order_by("tag__name").values_list("service_id", "tag__name"):
        found[service_id].append(name)
    return found


def _outages(ids: Collection[int], start: datetime, end: datetime) -> dict[int, list[Outage]]:
    incidents = Incident.objects.during(start, end).filter(service__among=ids)
    found: dict[int, list[Outage]] = defaultdict(list)
    for service_id, started_at, resolved_at, ending, cause in incidents.values_list(
        "service_id", "started_at", "resolved_at", "ending", "cause"
    ):
        outage = Outage(started_at, resolved_at, ending, IncidentCause(cause))
        found[service_id or 0].append(outage)
    return found
