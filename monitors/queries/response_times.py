"""Response times over any range: from summaries, and from the log where there is none yet."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitors.domain.chart_range import DAY, HOUR, ChartRange, step_of
from monitors.domain.result import Status
from monitors.domain.rollups import Summary, merge, summarise
from monitors.models import Chore, DailySummary, HourlySummary, Service, ServiceStatus

SUMMARIES = "summaries"
# Of many services no more is read: of so many the newest say enough.
MOST_ROWS = 20_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Part = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Slot:
    """The checks of a stretch of time."""

    starts_at: datetime
    summary: Summary


def summary_between(service: Service, start: datetime, end: datetime) -> Summary:
    """Sum up the checks that began from `start` on and before `end`.

    Whole days and hours come from their summaries. What is left at both ends, and what has not
    been summed up yet, comes from the log as far as it is kept.
    """
    # Summaries begin with the hours and days of UTC.
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    days, hours, rest = _cut(start, min(end, max(start, _summed_up_until(start))), end)
    found = [*_stored(DailySummary, service, [days]), *_stored(HourlySummary, service, hours)]
    return merge([slot.summary for slot in found] + [_logged(service, *part) for part in rest])


def summary_of_many(ids: Collection[int], start: datetime, end: datetime) -> Summary:
    """Sum up what many services answered in whole hours of a range, and since the last of them.

    In three queries, and from the newest rows where there are more than a page can wait for.
    """
    summed_up = min(_summed_up_until(start), end)
    hours = HourlySummary.objects.between(_ceil(start, HOUR), summed_up).filter(service__among=ids)
    checks = ServiceStatus.objects.filter(
        service__among=ids, checked_at__gte=max(start, summed_up), checked_at__lt=end
    ).order_by("-checked_at")
    rows = checks.values_list("status", "response_time_ms")[:MOST_ROWS]
    running = summarise((Status(status), time_ms) for status, time_ms in rows)
    return merge([*(row.summary() for row in hours.order_by("-starts_at")[:MOST_ROWS]), running])


def chart_slots(service: Service, wanted: ChartRange) -> tuple[Slot, ...]:
    """Give the steps of a range as finely as a chart shows them."""
    return slots(service, wanted, step_of(wanted, service.interval_s, _logged_since(service)))


def _logged_since(service: Service) -> datetime | None:
    """Give from when on the log is whole: from the beginning while the first check is there."""
    checks = ServiceStatus.objects.of(service).order_by("checked_at")
    oldest = checks.values_list("checked_at", flat=True).first()
    first_due = service.created_at + timedelta(seconds=2 * service.interval_s)
    if oldest is None or oldest > first_due:
        return oldest
    return datetime.min.replace(tzinfo=UTC)


def slots(service: Service, wanted: ChartRange, step: timedelta) -> tuple[Slot, ...]:
    """Give the steps of a range in order of time; those without a check are left out.

    The first one is whole: it begins at or after the range's start.
    """
    start, end = _ceil(wanted.start, step), wanted.end.astimezone(UTC)
    if step < HOUR:
        return tuple(_recent(service, start, end, step))
    summed_up = min(_summed_up_until(start), end)
    today = max(start, _floor(summed_up, step))
    model = HourlySummary if step == HOUR else DailySummary
    found = _stored(model, service, [(start, today)])
    # The running step: what is summed up of it, and what is not.
    running = [*_stored(HourlySummary, service, [(today, summed_up)])] if step == DAY else []
    recent = _recent(service, max(today, summed_up), end, step)
    by_step: dict[datetime, list[Summary]] = {}
    for slot in (*running, *recent):
        by_step.setdefault(_floor(slot.starts_at, step), []).append(slot.summary)
    rest = [Slot(at, merge(parts)) for at, parts in sorted(by_step.items())]
    return tuple(slot for slot in (*found, *rest) if slot.summary.checks)


def _cut(
    start: datetime, summed_up: datetime, end: datetime
) -> tuple[
    tuple[datetime, datetime], list[tuple[datetime, datetime]], list[tuple[datetime, datetime]]
]:
    """Cut a range into whole days, whole hours around them, and the rest, all half open."""
    first_hour, last_hour = _ceil(start, HOUR), _floor(summed_up, HOUR)
    if first_hour >= last_hour:
        return (start, start), [], [(start, end)]
    first_day, last_day = _ceil(first_hour, DAY), _floor(last_hour, DAY)
    rest = [(start, first_hour), (last_hour, end)]
    if first_day >= last_day:
        return (start, start), [(first_hour, last_hour)], rest
    return (first_day, last_day), [(first_hour, first_day), (last_day, last_hour)], rest


def _stored(
    model: type[HourlySummary] | type[DailySummary], service: Service, parts: Sequence[Part]
) -> Iterable[Slot]:
    for start, end in parts:
        if start < end:
            rows = model.objects.between(start, end).filter(service=service)
            for row in rows.order_by("starts_at"):
                yield Slot(row.starts_at, row.summary())


def _logged(service: Service, start: datetime, end: datetime) -> Summary:
    return summarise((status, time_ms) for _, status, time_ms in _rows(service, start, end))


def _recent(service: Service, start: datetime, end: datetime, step: timedelta) -> list[Slot]:
    found: dict[datetime, list[tuple[Status, float | None]]] = {}
    for at, status, time_ms in _rows(service, start, end):
        found.setdefault(_floor(at, step), []).append((status, time_ms))
    return [Slot(at, summarise(results)) for at, results in sorted(found.items())]


def _rows(
    service: Service, start: datetime, end: datetime
) -> Iterable[tuple[datetime, Status, float | None]]:
    if start >= end:
        return
    rows = ServiceStatus.objects.of(service).filter(checked_at__gte=start, checked_at__lt=end)
    for at, status, time_ms in rows.values_list("checked_at", "status", "response_time_ms"):
        yield at, Status(status), time_ms


def _summed_up_until(otherwise: datetime) -> datetime:
    chore = Chore.objects.filter(name=SUMMARIES).values_list("done_until", flat=True).first()
    return chore or otherwise


def _floor(moment: datetime, step: timedelta) -> datetime:
    return moment.astimezone(UTC) - (moment - _EPOCH) % step


def _ceil(moment: datetime, step: timedelta) -> datetime:
    floor = _floor(moment, step)
    return floor if floor == moment else floor + step
