"""Create, edit, pause, resume and delete services."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from monitors.domain.freshness import fresh_until
from monitors.domain.incidents import Ending
from monitors.domain.searching import searchable
from monitors.domain.state import State, Transition, expire, move
from monitors.models import (
    Channel,
    DeletedService,
    LogToDelete,
    MaintenanceWindow,
    Period,
    ReportSchedule,
    Service,
    ServiceSearch,
    Tag,
)

from . import due_checks, kept_rows, story
from .standings import CERTIFICATE_COLUMNS, STANDING_COLUMNS, apply_standing


class DuplicateTarget(Exception):  # noqa: N818 - reads as what it is at every raise
    """The address is there already."""

    def __str__(self) -> str:
        return "This URL is already monitored."


def create(
    settings: Mapping[str, Any], tags: Sequence[str], now: datetime, depends_on: Sequence[int] = ()
) -> Service:
    """Add a service, due at once unless it begins paused. Raises DuplicateTarget."""
    paused = bool(settings.get("paused"))
    state = State.PAUSED if paused else State.UNKNOWN
    service = Service(
        **settings,
        created_at=now,
        state=state.value,
        state_since=now,
    )
    try:
        with transaction.atomic():
            service.save(force_insert=True)
            _make_searchable(service)
            Period.objects.create(service=service, state=state.value, started_at=now)
            _set_tags(service, tags)
            if depends_on:
                _set_dependencies(service, depends_on)
            due_checks.schedule(service, now)
    except IntegrityError:
        raise _explained(service) from None
    return service


@contextmanager
def locked(service_id: int) -> Iterator[Service]:
    """Hold a service, so that what is judged of it still holds when it is edited.

    Raises Service.DoesNotExist.
    """
    with transaction.atomic():
        yield Service.objects.select_for_update().get(pk=service_id)


def edit(
    service_id: int,
    changes: Mapping[str, Any],
    tags: Sequence[str] | None,
    now: datetime,
    depends_on: Sequence[int] | None = None,
) -> Service:
    """Change the settings that are given; the others stay as they are, and None leaves a list.

    What was learned of another address is forgotten. Raises DuplicateTarget, and
    Service.DoesNotExist when it was deleted meanwhile.
    """
    try:
        with locked(service_id) as service:
            _change(service, changes, tags, now)
            if depends_on is not None:
                _change_dependencies(service, depends_on)
    except IntegrityError:
        raise DuplicateTarget from None
    return service


def pause(service_id: int, now: datetime) -> Service:
    """Stop checking a service. Raises Service.DoesNotExist."""
    return _switch(service_id, paused=True, now=now)


def resume(service_id: int, now: datetime) -> Service:
    """Check a service again, at once; it is UNKNOWN until then. Raises Service.DoesNotExist."""
    return _switch(service_id, paused=False, now=now)


def set_aside(service_id: int, *, revision: int) -> None:
    """Have a check not run that froze a checker, until its settings change or it is resumed.

    Nothing is done where they have changed since `revision`.
    """
    same = Service.objects.filter(pk=service_id, revision=revision)
    # A new revision, so that no checker goes by what it knows of the old one.
    same.update(revision=revision + 1, set_aside_revision=revision + 1)


def delete(service_id: int, now: datetime) -> None:
    """Delete a service and its history, for good in ten minutes. Raises Service.DoesNotExist.

    The log may be long: nobody can reach it any more, and housekeeping deletes it in batches.
    """
    with locked(service_id) as service:
        was_paused = service.paused
        _stop(service, now)
        DeletedService.objects.update_or_create(
            service_id=service_id,
            defaults={
                "name": service.name,
                "url": service.url,
                "url_key": service.url_key,
                "was_paused": was_paused,
                "rows": kept_rows.take(service_id),
                "deleted_at": now,
            },
        )
        _delete(service, now)


def delete_for_good(service_id: int, now: datetime) -> None:
    """Delete a service that nobody will want back. Raises Service.DoesNotExist."""
    with locked(service_id) as service:
        story.follow({service_id: ()}, now, ending=Ending.DELETED)
        _delete(service, now)


def _stop(service: Service, now: datetime) -> None:
    """Resolve what is open of a service that is to be deleted: had back, it was paused."""
    story.follow({service.pk: ()}, now, ending=Ending.DELETED)
    if not service.paused:
        service.paused = True
        _enter(service, State.PAUSED, now)


def _delete(service: Service, now: datetime) -> None:
    _orphan(service)
    LogToDelete.objects.update_or_create(service_id=service.pk, defaults={"deleted_at": now})
    service.delete()


def put_into(service: Service, state: State, now: datetime) -> tuple[Transition, ...]:
    """Put a service into a state that nobody found, unsaved."""
    gap = expire(service.standing(), now)
    step = move(gap.standing, state, now)
    # What was found before says nothing of the service as it is now.
    apply_standing(service, replace(step.standing, seen_at=now))
    return (*gap.transitions, *step.transitions)


def _change(
    service: Service, changes: Mapping[str, Any], tags: Sequence[str] | None, now: datetime
) -> None:
    """Leave alone what stays the same: a secret would be encrypted anew, or not at all."""
    new = {name: value for name, value in changes.items() if value != getattr(service, name)}
    paused = bool(new.pop("paused", service.paused))
    is_retagged = tags is not None and set(tags) != {tag.name for tag in service.tags.all()}
    if new or is_retagged or paused != service.paused:
        service.revision += 1
        for name, value in new.items():
            setattr(service, name, value)
        service.save(update_fields=["revision", *new])
        _make_searchable(service)
    if is_retagged:
        _set_tags(service, tags or ())
    if new or is_retagged:
        if "url_key" in new:
            _forget_certificate(service)
        _restart(service, now, forget="url_key" in new)
    _set_paused(service, paused=paused, now=now)


def _orphan(service: Service) -> None:
    """Mark what names this service alone: without it, it would be for all."""
    for kind in (Channel, MaintenanceWindow, ReportSchedule):
        named = kind.objects.filter(services=service, tags=None)
        others = Service.objects.exclude(pk=service.pk)
        named.exclude(services__in=others).update(orphaned=True)


def _make_searchable(service: Service) -> None:
    text = searchable(service.name, service.url)
    ServiceSearch.objects.update_or_create(service=service, defaults={"text": text})


def _switch(service_id: int, *, paused: bool, now: datetime) -> Service:
    with locked(service_id) as service:
        _change(service, {"paused": paused}, None, now)
    return service


def _set_paused(service: Service, *, paused: bool, now: datetime) -> None:
    if paused == service.paused:
        return
    service.paused = paused
    _enter(service, State.PAUSED if paused else State.UNKNOWN, now)
    due_checks.schedule(service, now)


def _restart(service: Service, now: datetime, *, forget: bool) -> None:
    """Let new settings show what they find: due at once, fresh by the new interval."""
    if service.paused:
        return
    if forget:
        _enter(service, State.UNKNOWN, now, Ending.EDITED)
    elif service.seen_at is not None:
        service.fresh_until = fresh_until(service.seen_at, service.interval_s, service.timeout_s)
        service.save(update_fields=["fresh_until"])
    due_checks.schedule(service, now, forget=forget)


def _forget_certificate(service: Service) -> None:
    service.certificate_expires_at = None
    service.certificate_issuer = service.certificate_names = ""
    service.save(update_fields=list(CERTIFICATE_COLUMNS))


def _enter(service: Service, state: State, now: datetime, ending: Ending | None = None) -> None:
    transitions = put_into(service, state, now)
    service.save(update_fields=["paused", *STANDING_COLUMNS])
    story.follow({service.pk: transitions}, now, ending=ending)


def _set_tags(service: Service, names: Sequence[str]) -> None:
    Tag.objects.bulk_create((Tag(name=name) for name in names), ignore_conflicts=True)
    service.tags.set(Tag.objects.filter(name__in=names))


def _change_dependencies(service: Service, ids: Sequence[int]) -> None:
    if set(ids) != set(service.depends_on.values_list("pk", flat=True)):
        service.revision += 1
        service.save(update_fields=["revision"])
        _set_dependencies(service, ids)


def _set_dependencies(service: Service, ids: Sequence[int]) -> None:
    # Without what has been deleted meanwhile.
    service.depends_on.set(Service.objects.filter(pk__in=ids))


def _explained(service: Service) -> Exception:
    if Service.objects.filter(url_key=service.url_key).exists():
        return DuplicateTarget()
    return ValueError(f"The settings of {service.name} contradict the database's rules")
