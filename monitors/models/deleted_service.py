"""A service that was deleted lately, and can be had back."""

from datetime import timedelta

from django.db import models

UNDO_FOR = timedelta(minutes=10)
# What is being had back at the last moment must not lose its log meanwhile.
KEPT_FOR = UNDO_FOR + timedelta(minutes=1)


class DeletedService(models.Model):
    """The rows that went with a service, as the database held them: secrets stay encrypted."""

    service_id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=200)
    url = models.TextField()
    url_key = models.TextField()
    was_paused = models.BooleanField()
    rows = models.TextField()
    deleted_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
