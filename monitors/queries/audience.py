"""Which channels are told of which services."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from monitors.models import Channel, Service


@dataclass(frozen=True, slots=True)
class _Reach:
    """What a channel is for."""

    channel: Channel
    tag_ids: frozenset[int]
    service_ids: frozenset[int]

    def covers(self, service_id: int, tag_ids: Iterable[int]) -> bool:
        if not self.tag_ids and not self.service_ids:
            return not self.channel.orphaned
        return service_id in self.service_ids or not self.tag_ids.isdisjoint(tag_ids)


def audience(service_ids: Collection[int]) -> dict[int, list[Channel]]:
    """Give the enabled channels that cover each service, by name.

    However many services there are, it takes four queries, and one while there is no channel.
    """
    channels = Channel.objects.enabled().prefetch_related("tags", "services")
    reaches = [
        _Reach(
            channel,
            frozenset(tag.pk for tag in channel.tags.all()),
            frozenset(service.pk for service in channel.services.all()),
        )
        for channel in channels
    ]
    tags = tag_ids_of(service_ids) if any(reach.tag_ids for reach in reaches) else {}
    return {
        pk: [reach.channel for reach in reaches if reach.covers(pk, tags.get(pk, ()))]
        for pk in service_ids
    }


def tag_ids_of(service_ids: Collection[int]) -> dict[int, list[int]]:
    """Give the tags of services, by their ids; a service without any is left out."""
    found: dict[int, list[int]] = defaultdict(list)
    through = Service.tags.through.objects.filter(service__among=service_ids)
    for service_id, tag_id in through.values_list("service_id", "tag_id"):
        found[service_id].append(tag_id)
    return found
