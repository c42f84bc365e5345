"""A filter of the list that a person keeps under a name."""

from django.conf import settings
from django.db import models

from monitors.domain.saved_filters import MAX_FILTER_NAME_LENGTH, MAX_QUERY_LENGTH


class SavedFilter(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters"
    )
    name = models.CharField(max_length=MAX_FILTER_NAME_LENGTH)
    query = models.CharField(max_length=MAX_QUERY_LENGTH)
    """As it stands in the address of the list, with nothing in it that the list does not know."""

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_filter_name_once")
        ]

    def __str__(self) -> str:
        return self.name
