"""Planned work: checks go on, alerts are held, the time is left out of uptime."""

from datetime import datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from .service import MAX_NAME_LENGTH, Service, Tag

MAX_DURATION_S = 30 * 86_400
MAX_RRULE_LENGTH = 500


class MaintenanceWindow(models.Model):
    """When work is planned, once or again and again; for no tags and no services: for all."""

    name = models.CharField(max_length=MAX_NAME_LENGTH)
    starts_at = models.DateTimeField()
    duration_s = models.PositiveIntegerField(
        "duration", validators=[MinValueValidator(60), MaxValueValidator(MAX_DURATION_S)]
    )
    rrule = models.CharField("repeats", max_length=MAX_RRULE_LENGTH, default="", blank=True)
    """RFC 5545, without DTSTART; empty for once. Its times are those of clocks in the zone."""
    time_zone = models.CharField(max_length=64, default="UTC")
    services = models.ManyToManyField(Service, blank=True, related_name="maintenance_windows")
    tags = models.ManyToManyField(Tag, blank=True, related_name="maintenance_windows")
    orphaned = models.BooleanField(default=False, editable=False)
    """Whether the last service it named was deleted: it is for none then, not for all."""
    created_at = models.DateTimeField(editable=False)
    created_by = models.CharField(max_length=150, default="", editable=False)
    planned_until = models.DateTimeField(null=True, editable=False)
    """The last beginning up to which its occurrences stand in their table."""
    removed_at = models.DateTimeField(null=True, editable=False)
    """When it was deleted: nothing more comes of it, and what it has covered stays covered."""

    class Meta:
        ordering = ["starts_at", "id"]

    def __str__(self) -> str:
        return self.name


class MaintenanceOccurrenceQuerySet(models.QuerySet["MaintenanceOccurrence"]):
    def at(self, now: datetime) -> Self:
        return self.filter(starts_at__lte=now, ends_at__gt=now)


class MaintenanceOccurrence(models.Model):
    """One time that a window comes: from `starts_at` (included) to `ends_at` (not included)."""

    window = models.ForeignKey(
        MaintenanceWindow, on_delete=models.CASCADE, related_name="occurrences"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    followed_up_at = models.DateTimeField(null=True)
    """When its time was charged to the services that it covered (Exclusion); None before."""

    objects = MaintenanceOccurrenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["window", "starts_at"], name="occurrence_once"),
            models.CheckConstraint(
                name="occurrence_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_at"], condition=Q(followed_up_at=None), name="occurrence_to_come"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} for {self.ends_at - self.starts_at}"

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at
