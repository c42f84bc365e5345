"""Make, switch and delete wall displays, and give one another address."""

from datetime import datetime

from django.db import transaction

from monitors.models import Tag, WallDisplay

from .tokens import new_token


def create(name: str, tag_id: int | None, now: datetime) -> WallDisplay:
    """Make a display, which is on. Raises Tag.DoesNotExist."""
    with transaction.atomic():
        tag = None if tag_id is None else Tag.objects.select_for_update().get(pk=tag_id)
        return WallDisplay.objects.create(name=name, tag=tag, token=new_token(), created_at=now)


def switch(display_id: int, *, enabled: bool) -> WallDisplay:
    """Let its address answer, or not. Raises WallDisplay.DoesNotExist."""
    return _change(display_id, enabled=enabled)


def rotate(display_id: int) -> WallDisplay:
    """Give it a new address and end the present one. Raises WallDisplay.DoesNotExist."""
    return _change(display_id, token=new_token())


def delete(display_id: int) -> None:
    """Raises WallDisplay.DoesNotExist."""
    WallDisplay.objects.get(pk=display_id).delete()


def _change(display_id: int, **values: object) -> WallDisplay:
    with transaction.atomic():
        display = WallDisplay.objects.select_for_update().get(pk=display_id)
        for name, value in values.items():
            setattr(display, name, value)
        display.save(update_fields=list(values))
    return display
