"""Wall displays: pages for a screen on a wall, at addresses that cannot be guessed."""

from typing import Self

from django.db import models

from monitors.domain.wall import MAX_NAME_LENGTH

from .badge import MAX_TOKEN_LENGTH
from .service import Tag


class WallDisplayQuerySet(models.QuerySet["WallDisplay"]):
    def shown(self) -> Self:
        return self.filter(enabled=True)


class WallDisplay(models.Model):
    name = models.CharField(max_length=MAX_NAME_LENGTH)
    token = models.CharField(max_length=MAX_TOKEN_LENGTH, unique=True, editable=False)
    """What its address has that nobody can guess."""
    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, null=True, blank=True, related_name="wall_displays"
    )
    """Of the services it shows; None for all. It goes with its tag: else it would show all then."""
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(editable=False)

    objects = WallDisplayQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
