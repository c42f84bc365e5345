"""Change many services at once, in a few statements for hundreds of them.

In chunks, each its own transaction: the checkers go on in between. What is cut off after some of
them may be asked for again: what is as it should be is left alone.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import F

from monitors.domain.state import State, Transition
from monitors.models import Service, Tag
from monitors.queries.many_services import with_room_for

from . import due_checks, services, story
from .bulk import update_many
from .standings import STANDING_COLUMNS

CHUNK = 200


def pause(service_ids: Collection[int], now: datetime) -> int:
    """Stop checking services; give how many were being checked."""
    return sum(_switch(chunk, paused=True, now=now) for chunk in _chunks(service_ids))


def resume(service_ids: Collection[int], now: datetime) -> int:
    """Check services again, at once; give how many were paused."""
    return sum(_switch(chunk, paused=False, now=now) for chunk in _chunks(service_ids))


def add_tag(service_ids: Collection[int], name: str) -> int:
    """Give services a tag; give how many it is new to. One that has no room for it is left out."""
    tag, _ = Tag.objects.get_or_create(name=name)
    return sum(_add_tag(chunk, tag) for chunk in _chunks(service_ids))


def remove_tag(service_ids: Collection[int], name: str) -> int:
    """Take a tag off services; give how many had it. The tag itself stays."""
    return sum(_remove_tag(chunk, name) for chunk in _chunks(service_ids))


def delete(service_ids: Collection[int], now: datetime) -> int:
    """Delete services and their history one by one; give how many there were."""
    deleted = 0
    for service_id in sorted(service_ids):
        try:
            services.delete(service_id, now)
        except Service.DoesNotExist:
            continue  # somebody else was quicker
        deleted += 1
    return deleted


def _chunks(service_ids: Collection[int]) -> Iterator[list[int]]:
    """Cut numbers into chunks, in the order in which everybody locks services."""
    ids = sorted(set(service_ids))
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


@transaction.atomic
def _switch(service_ids: Collection[int], *, paused: bool, now: datetime) -> int:
    found = Service.objects.filter(pk__among=service_ids, paused=not paused)
    held = list(found.select_for_update().order_by("pk"))
    moves = {service.pk: _enter(service, paused=paused, now=now) for service in held}
    columns = ("paused", "revision", *STANDING_COLUMNS)
    rows = [[*(getattr(service, name) for name in columns), service.pk] for service in held]
    update_many(Service, columns, rows)
    story.follow(moves, now)
    due_checks.schedule_many(held, now)
    return len(held)


def _enter(service: Service, *, paused: bool, now: datetime) -> tuple[Transition, ...]:
    """Put a service into its new state, unsaved."""
    service.paused = paused
    service.revision += 1
    return services.put_into(service, State.PAUSED if paused else State.UNKNOWN, now)


@transaction.atomic
def _add_tag(service_ids: Collection[int], tag: Tag) -> int:
    ids = _held(service_ids)
    lacking = list(with_room_for(tag.name, ids).values_list("pk", flat=True))
    through = Service.tags.through
    through.objects.bulk_create(
        (through(service_id=pk, tag_id=tag.pk) for pk in lacking), ignore_conflicts=True
    )
    return _revised(lacking)


@transaction.atomic
def _remove_tag(service_ids: Collection[int], name: str) -> int:
    links = Service.tags.through.objects.filter(service__among=_held(service_ids), tag__name=name)
    tagged = list(links.values_list("service_id", flat=True))
    links.delete()
    return _revised(tagged)


def _held(service_ids: Collection[int]) -> list[int]:
    found = Service.objects.filter(pk__among=service_ids).select_for_update().order_by("pk")
    return list(found.values_list("pk", flat=True))


def _revised(service_ids: Collection[int]) -> int:
    """Let whoever has one of them open in a form see that it was changed meanwhile."""
    return Service.objects.filter(pk__among=service_ids).update(revision=F("revision") + 1)
