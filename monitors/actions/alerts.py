"""Plans what is to be told of a change, in the transaction in which it happens.

Whether and when it is told is decided once its time has come: it may be over by then, or held.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitors.domain.alerting import Event, Facts, Fate
from monitors.domain.incidents import Ending
from monitors.domain.state import State, Transition
from monitors.models import Alert, Channel, Incident, Service
from monitors.queries.audience import audience
from monitors.queries.dependencies import behind_each

# A service that is slow now and then is told of once in this time.
DEGRADED_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that channels may want to be told."""

    event: Event
    about: str
    service_id: int
    facts: Facts
    incident_id: int | None = None


def plan_opened(opened: Sequence[Incident], now: datetime) -> None:
    told = _facts_of(opened)
    behind = behind_each([one.service_id for one in opened if one.service_id is not None])
    plan(
        [
            Happening(
                Event.DOWN,
                about_incident(incident.pk),
                incident.service_id,
                replace(told[incident.pk], behind=behind[incident.service_id]),
                incident.pk,
            )
            for incident in opened
            if incident.service_id is not None
        ],
        now,
    )


def plan_flapping(opened: Sequence[Incident], counts: Mapping[int, int], now: datetime) -> None:
    """Queue that services go down again and again; `counts` gives their outages lately."""
    told = _facts_of(opened)
    plan(
        [
            Happening(
                Event.FLAPPING,
                f"flapping:{incident.service_id}:{now.isoformat()}",
                incident.service_id,
                replace(told[incident.pk], number=counts[incident.service_id]),
            )
            for incident in opened
            if incident.service_id is not None
        ],
        now,
    )


def plan_resolved(resolved: Sequence[Incident], now: datetime) -> None:
    """Queue recoveries for the channels for which the outage was queued, and for no others."""
    if not resolved:
        return
    by_id = {incident.pk: incident for incident in resolved}
    # Which it covers now, and what else it wants now, does not matter any more.
    lasting = (Fate.WAITING.value, Fate.TOLD.value)
    down = Alert.objects.filter(
        incident__among=by_id, event=Event.DOWN.value, fate__in=lasting, channel__enabled=True
    ).select_related("channel")
    told = _facts_of(resolved)
    wanted = [
        (alert.channel, _recovery(by_id[alert.incident_id], told[alert.incident_id]))
        for alert in down
        if alert.channel is not None
        and alert.incident_id is not None
        and alert.channel.wants(Event.UP)
    ]
    _queue(wanted, now)


def became_degraded(moves: Mapping[int, Sequence[Transition]]) -> dict[int, datetime]:
    """Give since when services are slow, or warn in some other way, that were well before."""
    return {
        pk: transition.at
        for pk, transitions in moves.items()
        for transition in transitions[-1:]
        if transition.new is State.DEGRADED and transition.old is not State.DOWN
    }


def plan_degraded(slow: Mapping[int, datetime], now: datetime) -> None:
    """Queue that services are degraded, and since when, unless that was told lately."""
    if not slow:
        return
    lately = Alert.objects.filter(
        service__among=slow,
        event=Event.DEGRADED.value,
        fate__in=(Fate.WAITING.value, Fate.TOLD.value),
        created_at__gt=now - DEGRADED_AGAIN_AFTER,
    )
    told_lately = set(lately.values_list("service_id", flat=True))
    services = Service.objects.filter(pk__among=slow.keys() - told_lately)
    tags = tags_of(list(slow))
    plan(
        [
            Happening(
                Event.DEGRADED,
                f"degraded:{service.pk}:{slow[service.pk].isoformat()}",
                service.pk,
                Facts(
                    service_id=service.pk,
                    service_name=service.name,
                    service_url=service.url,
                    tags=tags.get(service.pk, ()),
                    started_at=slow[service.pk],
                    reason=service.last_reason,
                    message=service.last_message,
                    state=State.DEGRADED.value,
                ),
            )
            for service in services
        ],
        now,
    )


def plan(happenings: Sequence[Happening], now: datetime) -> None:
    """Queue an alert for each channel that covers the service and wants the event.

    What was queued for a channel before is not queued again.
    """
    if not happenings:
        return
    channels = audience({happening.service_id for happening in happenings})
    _queue(
        [
            (channel, happening)
            for happening in happenings
            for channel in channels[happening.service_id]
            if channel.wants(happening.event)
        ],
        now,
    )


def about_incident(incident_id: int) -> str:
    """Name what the alerts of an outage and of its recovery are about."""
    return f"incident:{incident_id}"


def _queue(wanted: Iterable[tuple[Channel, Happening]], now: datetime) -> None:
    Alert.objects.bulk_create(
        [
            Alert(
                channel=channel,
                channel_name=channel.name,
                event=happening.event.value,
                about=happening.about,
                incident_id=happening.incident_id,
                service_id=happening.service_id,
                facts=happening.facts.to_json(),
                created_at=now,
                due_at=_due_at(channel, happening.event, now),
            )
            for channel, happening in wanted
        ],
        batch_size=1_000,
        ignore_conflicts=True,
    )


def _due_at(channel: Channel, event: Event, now: datetime) -> datetime:
    """Give when it is decided: after the time of grouping; what escalates, later still."""
    escalates = event is Event.DOWN
    wait_s = channel.group_s + (channel.escalate_after_s if escalates else 0)
    return now + timedelta(seconds=wait_s)


def _recovery(incident: Incident, facts: Facts) -> Happening:
    return Happening(
        Event.UP, about_incident(incident.pk), incident.service_id or 0, facts, incident.pk
    )


def _facts_of(incidents: Sequence[Incident]) -> dict[int, Facts]:
    ids = [incident.service_id for incident in incidents if incident.service_id is not None]
    tags = tags_of(ids)
    states = dict(Service.objects.filter(pk__among=ids).values_list("pk", "state"))
    return {
        incident.pk: Facts(
            service_id=incident.service_id,
            service_name=incident.service_name,
            service_url=incident.service_url,
            tags=tags.get(incident.service_id or 0, ()),
            incident_id=incident.pk,
            started_at=incident.started_at,
            resolved_at=incident.resolved_at,
            reason=incident.reason,
            message=incident.message,
            state=_state_after(incident, states.get(incident.service_id or 0, "")),
            ending=incident.ending,
        )
        for incident in incidents
    }


def _state_after(incident: Incident, state: str) -> str:
    if incident.resolved_at is None:
        return State.DOWN.value
    return state if incident.ending == Ending.RECOVERED.value else ""


def tags_of(service_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Give the tags of services; those without any are left out."""
    found: dict[int, list[str]] = defaultdict(list)
    through = Service.tags.through.objects.filter(service__among=service_ids)
    for pk, name in through.order_by("tag__name").values_list("service_id", "tag__name"):
        found[pk].append(name)
    return {pk: tuple(names) for pk, names in found.items()}
