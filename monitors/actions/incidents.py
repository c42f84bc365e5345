"""Opens, goes on with and resolves the incidents of services, inside the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitors.domain.incidents import Ending, EventKind, Turn, turns
from monitors.domain.state import Cause, State, Transition
from monitors.domain.wording import duration
from monitors.models import CheckEvidence, Incident, IncidentEvent, Service

from .bulk import insert_many, update_many
from .incident_response import settle

_EVENT_COLUMNS = ("incident_id", "at", "kind", "text", "actor")


@dataclass(slots=True)
class Changed:
    """What has happened to incidents, for whoever tells people of it."""

    opened: list[Incident] = field(default_factory=list)
    resolved: list[Incident] = field(default_factory=list)
    lines: list[tuple[Incident, Turn]] = field(default_factory=list)


def follow(
    moves: Mapping[int, Sequence[Transition]],
    now: datetime,
    *,
    ending: Ending | None = None,
    in_maintenance: Collection[int] = (),
) -> Changed:
    """Do to the incidents of services what their transitions mean for them.

    In maintenance none is opened: what still fails at its end begins there (`open_late`). However
    many services move at once, it takes the same few statements.
    """
    changed = Changed()
    still_open = {
        incident.service_id: incident
        for incident in Incident.objects.open().filter(service__among=list(moves))
    }
    for pk, transitions in moves.items():
        incident = still_open.get(pk)
        for turn in turns(transitions, now, is_open=incident is not None, ending=ending):
            incident = _turn(pk, incident, turn, changed, may_open=pk not in in_maintenance)
    _write(changed)
    return changed


def open_late(service_ids: Collection[int], at: datetime) -> Changed:
    """Open the incidents of services that are DOWN and have none, from `at` on."""
    changed = Changed()
    down = Service.objects.filter(pk__among=service_ids, state=State.DOWN.value)
    without = down.exclude(pk__in=Incident.objects.open().values("service_id"))
    for service in without.order_by("pk"):
        cause = Cause(service.last_checked_at or at, service.last_reason, service.last_message)
        turn = Turn(EventKind.OPENED, max(at, service.state_since), cause)
        _turn(service.pk, None, turn, changed, may_open=True)
    _write(changed)
    return changed


def _turn(
    service_id: int, incident: Incident | None, turn: Turn, changed: Changed, *, may_open: bool
) -> Incident | None:
    """Give the incident that is open after a turn, if there is one."""
    if turn.kind is EventKind.OPENED and may_open:
        incident = _opened(service_id, turn)
        changed.opened.append(incident)
    if incident is None:
        return None
    changed.lines.append((incident, turn))
    if turn.kind is not EventKind.RESOLVED:
        return incident
    incident.resolved_at = max(turn.at, incident.started_at)
    incident.ending = turn.ending.value if turn.ending else ""
    changed.resolved.append(incident)
    return None


def _opened(service_id: int, turn: Turn) -> Incident:
    incident = Incident(service_id=service_id, started_at=turn.at)
    if turn.cause is not None:
        incident.reason, incident.message = turn.cause.reason, turn.cause.message
        incident.check_id = turn.cause.check_id
    return incident


def _write(changed: Changed) -> None:
    # First what ends: of each service only one incident may be open.
    new = {id(incident) for incident in changed.opened}
    rows = [
        (incident.resolved_at, incident.ending, incident.pk)
        for incident in changed.resolved
        if id(incident) not in new
    ]
    update_many(Incident, ("resolved_at", "ending"), rows)
    settle(changed.resolved)
    if changed.opened:
        _copy_names(changed.opened)
        _copy_evidence(changed.opened)
        Incident.objects.bulk_create(changed.opened)
    insert_many(IncidentEvent, _EVENT_COLUMNS, [_line(*line) for line in changed.lines])


def _copy_names(opened: Sequence[Incident]) -> None:
    ids = [incident.service_id for incident in opened]
    services = Service.objects.filter(pk__among=ids).values_list("pk", "name", "url")
    named = {pk: (name, url) for pk, name, url in services}
    for incident in opened:
        incident.service_name, incident.service_url = named[incident.service_id or 0]


def _copy_evidence(opened: Sequence[Incident]) -> None:
    """Take over what the first failed checks have kept, so that retention cannot erase it."""
    by_check = {incident.check_id: incident for incident in opened if incident.check_id}
    for kept in CheckEvidence.objects.filter(pk__in=list(by_check)) if by_check else ():
        by_check[kept.pk].evidence = {
            "address": kept.address,
            "redirects": kept.redirects,
            "headers": kept.headers,
            "body_start": kept.body_start,
        }


def _line(incident: Incident, turn: Turn) -> tuple[Any, ...]:
    return (incident.pk, turn.at, turn.kind.value, _text(incident, turn), "")


def _text(incident: Incident, turn: Turn) -> str:
    if turn.kind is EventKind.RESOLVED and turn.ending is not None:
        return f"{turn.ending.label} after {duration(incident.duration_s(turn.at))}"
    return turn.cause.message if turn.cause is not None else ""
