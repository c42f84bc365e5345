"""The single times of maintenance windows: planned ahead, cut short, followed up at their end."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from monitors.domain.incidents import EventKind, IncidentCause
from monitors.domain.maintenance import Schedule, Span, to_plan
from monitors.domain.state import State
from monitors.models import (
    Exclusion,
    Incident,
    IncidentEvent,
    MaintenanceOccurrence,
    MaintenanceWindow,
    Service,
)
from monitors.queries.maintenance import covered, reached

from . import story
from .bulk import insert_many

AHEAD = timedelta(days=60)
# Of a rule that seldom comes, so many stand ready however far ahead they are.
COMING = 5
# What was found before the end is written by then.
SETTLES_AFTER = timedelta(seconds=1)

_CHARGED = (
    "service_id",
    "started_at",
    "ended_at",
    "cause",
    "reason",
    "actor",
    "created_at",
    "occurrence_id",
)


def schedule_of(window: MaintenanceWindow) -> Schedule:
    return Schedule(
        window.starts_at, timedelta(seconds=window.duration_s), window.rrule, window.time_zone
    )


def plan(window: MaintenanceWindow, now: datetime) -> None:
    """Write down when a window comes next, after what stands there already."""
    spans = to_plan(schedule_of(window), window.planned_until, now, ahead=AHEAD, at_least=COMING)
    write(window, spans)


def write(window: MaintenanceWindow, spans: Collection[Span]) -> None:
    if not spans:
        return
    MaintenanceOccurrence.objects.bulk_create(
        (
            MaintenanceOccurrence(window=window, starts_at=span.starts_at, ends_at=span.ends_at)
            for span in spans
        ),
        ignore_conflicts=True,
    )
    window.planned_until = max(span.starts_at for span in spans)
    window.save(update_fields=["planned_until"])


def plan_next(after_id: int, now: datetime) -> int | None:
    """Plan ahead the next window that comes again, by its id; None where there is no other."""
    with transaction.atomic():
        windows = MaintenanceWindow.objects.select_for_update()
        recurring = windows.exclude(rrule="").filter(removed_at=None, pk__gt=after_id)
        window = recurring.order_by("pk").first()
        if window is None:
            return None
        plan(window, now)
        return window.pk


def plan_anew(window: MaintenanceWindow, now: datetime) -> None:
    """Write down when a window comes that was `cut` and changed: what is past stays as it was.

    Only the time of one that comes once may lie in the past.
    """
    spans = to_plan(schedule_of(window), None, now, ahead=AHEAD, at_least=COMING)
    if not window.rrule and not window.occurrences.filter(starts_at=window.starts_at).exists():
        write(window, spans)
        return
    window.planned_until = now
    write(
        window,
        [Span(max(span.starts_at, now), span.ends_at) for span in spans if span.ends_at > now],
    )


def cut(window: MaintenanceWindow, now: datetime) -> set[int]:
    """End what lasts and take away what is to come, inside the caller's transaction.

    Time is charged to whom the window was for; these are given back, so that what still fails of
    them is opened (`open_what_still_fails`) as soon as it is known what covers them from now on.
    """
    window.occurrences.filter(starts_at__gte=now).delete()
    window.occurrences.filter(ends_at__gt=now).update(ends_at=now)
    return {
        service_id for pk in _ended(window, now) for service_id in _settle(_locked(pk, now), now)
    }


def end(window: MaintenanceWindow, now: datetime) -> bool:
    """End what lasts, inside the caller's transaction; tell whether anything did."""
    window.occurrences.filter(starts_at=now).delete()
    ended = window.occurrences.at(now).update(ends_at=now)
    follow_up_window(window, now)
    return ended > 0


def open_what_still_fails(service_ids: Collection[int], ended_at: datetime, now: datetime) -> None:
    """Open the incidents of what still fails, is in no maintenance any more, and has none.

    What became degraded in the maintenance is told as well.
    """
    story.follow_maintenance(_still_failing(service_ids, now), ended_at, now)


def follow_up_window(window: MaintenanceWindow, now: datetime, at_most: int | None = None) -> None:
    """Follow up what has ended of one window, the newest first."""
    for pk in _ended(window, now)[:at_most]:
        follow_up(pk, now)


def follow_up_next(now: datetime) -> bool:
    """Follow up what has ended first; tell whether there was anything."""
    ended = MaintenanceOccurrence.objects.filter(
        followed_up_at=None, ends_at__lte=now - SETTLES_AFTER
    )
    pk = ended.order_by("ends_at", "pk").values_list("pk", flat=True).first()
    if pk is None:
        return False
    follow_up(pk, now)
    return True


@transaction.atomic
def follow_up(occurrence_id: int, now: datetime) -> None:
    """Charge what has ended to the services that it covered, once, whoever comes first.

    Whom it covered is told by what its window names, and who has its tags, at this moment. What is
    still down opens its incident, from the end of the maintenance on.
    """
    occurrence = _locked(occurrence_id, now)
    if occurrence is not None:
        open_what_still_fails(_settle(occurrence, now), occurrence.ends_at, now)


def open_what_was_missed(now: datetime) -> int:
    """Open the incident of every service that is down, not in maintenance, and has none.

    One that went down in the very moment in which its maintenance ended, or that was taken out
    of a window while that lasted.
    """
    with transaction.atomic():
        down = Service.objects.filter(state=State.DOWN.value)
        ids = down.exclude(pk__in=Incident.objects.open().values("service_id"))
        missed = _still_failing(ids.values_list("pk", flat=True), now)
        missed -= covered(missed, now)
        story.follow_maintenance(missed, datetime.min.replace(tzinfo=now.tzinfo), now)
        return len(missed)


def _ended(window: MaintenanceWindow, now: datetime) -> list[int]:
    ended = window.occurrences.filter(ends_at__lte=now, followed_up_at=None)
    return list(ended.order_by("-ends_at").values_list("pk", flat=True))


def _locked(occurrence_id: int, now: datetime) -> MaintenanceOccurrence | None:
    """Hold one that has ended and is not followed up yet."""
    rows = MaintenanceOccurrence.objects.select_for_update(of=("self",)).select_related("window")
    return rows.filter(pk=occurrence_id, followed_up_at=None, ends_at__lte=now).first()


def _settle(occurrence: MaintenanceOccurrence | None, now: datetime) -> set[int]:
    """Charge the time to whom it covered; give their ids."""
    if occurrence is None:
        return set()
    service_ids = reached([occurrence.window_id])[occurrence.window_id]
    _charge(occurrence, service_ids, now)
    _reclassify(occurrence, service_ids, now)
    occurrence.followed_up_at = now
    occurrence.save(update_fields=["followed_up_at"])
    return service_ids


def _charge(occurrence: MaintenanceOccurrence, service_ids: Collection[int], now: datetime) -> None:
    window = occurrence.window
    services = Service.objects.filter(pk__among=service_ids, created_at__lt=occurrence.ends_at)
    # Whoever judges a part of it while it lasts has the last word.
    judged_at = min(now, max(occurrence.starts_at, window.created_at))
    why = (
        IncidentCause.PLANNED.value,
        _reason(window),
        window.created_by,
        judged_at,
        occurrence.pk,
    )
    insert_many(
        Exclusion,
        _CHARGED,
        [
            (pk, max(occurrence.starts_at, created_at), occurrence.ends_at, *why)
            for pk, created_at in services.values_list("pk", "created_at")
        ],
    )


def _reclassify(
    occurrence: MaintenanceOccurrence, service_ids: Collection[int], now: datetime
) -> None:
    """Call planned what began and ended within, unless somebody has judged it already."""
    window = occurrence.window
    within = Incident.objects.filter(
        service__among=service_ids,
        cause=IncidentCause.FAULT.value,
        started_at__gte=occurrence.starts_at,
        resolved_at__lte=occurrence.ends_at,
    )
    kind = EventKind.RECLASSIFIED.value
    judged = IncidentEvent.objects.filter(incident__in=within, kind=kind).values("incident_id")
    ids = list(within.exclude(pk__in=judged).values_list("pk", flat=True))
    Incident.objects.filter(pk__in=ids).update(cause=IncidentCause.PLANNED.value)
    insert_many(
        IncidentEvent,
        ("incident_id", "at", "kind", "text", "actor"),
        [(pk, now, kind, _reason(window), window.created_by) for pk in ids],
    )


def _reason(window: MaintenanceWindow) -> str:
    return f"Maintenance “{window.name}”"


def _still_failing(service_ids: Iterable[int], now: datetime) -> set[int]:
    """Give those that are down or degraded as far as anybody has looked lately.

    Of others the next check tells.
    """
    fresh = Q(fresh_until=None) | Q(fresh_until__gte=now)
    states = (State.DOWN.value, State.DEGRADED.value)
    failing = Service.objects.filter(fresh, pk__among=list(service_ids), state__in=states)
    return set(failing.values_list("pk", flat=True))
