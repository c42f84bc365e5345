"""What a change of many services would change."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from monitors.domain.tags import MAX_TAGS
from monitors.models import Service
from monitors.models.service import ServiceQuerySet

NAMED = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """The services that somebody has chosen, as far as they are still there."""

    ids: list[int]
    changing: int
    names: tuple[str, ...]
    """The first of those that would change, by name."""

    @property
    def unchanged(self) -> int:
        return len(self.ids) - self.changing

    @property
    def unnamed(self) -> int:
        return self.changing - len(self.names)


def chosen(service_ids: Collection[int], changing: ServiceQuerySet) -> Chosen:
    """Look at services that were chosen, and at which of them would change."""
    ids = list(Service.objects.filter(pk__among=service_ids).values_list("pk", flat=True))
    among = changing.filter(pk__among=ids)
    names = tuple(among.order_by("name", "pk").values_list("name", flat=True)[:NAMED])
    return Chosen(ids, among.count(), names)


def with_tag(name: str) -> ServiceQuerySet:
    return Service.objects.tagged(name)


def with_room_for(name: str, service_ids: Collection[int] | None = None) -> ServiceQuerySet:
    """Services that lack a tag and may have one more."""
    links = Service.tags.through.objects.filter(service=OuterRef("pk"))
    found = Service.objects.filter(~Exists(links.filter(tag__name=name)))
    if service_ids is not None:
        found = found.filter(pk__among=service_ids)
    return found.annotate(tag_count=Count("tags")).filter(tag_count__lt=MAX_TAGS)
