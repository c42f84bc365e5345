"""The log and the summaries of a service that is no more, until housekeeping has deleted them."""

from django.db import models


class LogToDelete(models.Model):
    """Written where the service goes, so that whoever is broken off leaves nothing for good."""

    service_id = models.BigIntegerField(primary_key=True)
    deleted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"log of service {self.service_id}"
