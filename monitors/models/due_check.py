"""When a service is due, and who has taken it: the one table that checkers fight over."""

from datetime import datetime
from typing import Self

from django.db import models

from .lease import Leased, is_free
from .service import Service

MAX_LOCATION_LENGTH = 40


class DueCheckQuerySet(models.QuerySet["DueCheck"]):
    def due(self, until: datetime, now: datetime) -> Self:
        """What is to be checked by `until` and held by no checker; the longest overdue first."""
        return self.filter(is_free(now), due_at__lte=until).order_by("due_at")


class DueCheck(Leased):
    """The next check of a service from one location; a paused service has none.

    A table of its own, and a narrow one with two indexes: both a claim and a result write here, and
    a row of Service is ten times as wide.
    """

    pk = models.CompositePrimaryKey("service_id", "location")
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="due_checks", db_index=False
    )
    location = models.CharField(max_length=MAX_LOCATION_LENGTH, default="", blank=True)
    """Where it is to be checked from; empty where any checker may."""
    due_at = models.DateTimeField()
    last_status = models.CharField(max_length=8, default="")
    """What the location found last, at which beat, and from when to when it checked.

    Only kept where a service names locations.
    """
    last_beat_at = models.DateTimeField(null=True)
    last_checked_at = models.DateTimeField(null=True)
    last_ended_at = models.DateTimeField(null=True)

    objects = DueCheckQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["location", "due_at"], name="due_check_by_time")]

    def __str__(self) -> str:
        return f"check {self.service_id} at {self.due_at:%Y-%m-%d %H:%M:%S}"
