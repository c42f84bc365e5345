"""Delete tags."""

from django.db import transaction

from monitors.models import Channel, MaintenanceWindow, Tag


@transaction.atomic
def delete(tag_id: int) -> None:
    """Delete a tag. Raises Tag.DoesNotExist.

    What names this tag alone, and no service, would be for all without it: it is for none.
    """
    tag = Tag.objects.select_for_update().get(pk=tag_id)
    others = Tag.objects.exclude(pk=tag_id)
    for kind in (Channel, MaintenanceWindow):
        named = kind.objects.filter(tags=tag, services=None)
        named.exclude(tags__in=others).update(orphaned=True)
    tag.delete()
