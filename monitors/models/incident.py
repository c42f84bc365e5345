"""Incidents: a service was down, and what is told of it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from monitors.domain.incidents import Ending, EventKind, IncidentCause

from .service import MAX_NAME_LENGTH, Service

MAX_NOTE_LENGTH = 10_000
MAX_ACTOR_LENGTH = 150


class IncidentQuerySet(models.QuerySet["Incident"]):
    def open(self) -> Self:
        return self.filter(resolved_at=None)

    def during(self, start: datetime, end: datetime) -> Self:
        """Those of which any part lies in a window."""
        return self.filter(Q(resolved_at=None) | Q(resolved_at__gt=start), started_at__lt=end)


class Incident(models.Model):
    """From the first failed check (`started_at`) until the service is well again.

    It copies what it tells of: neither retention nor deleting the service takes it away.
    """

    service = models.ForeignKey(
        Service, on_delete=models.SET_NULL, null=True, related_name="incidents", db_index=False
    )
    service_name = models.CharField(max_length=MAX_NAME_LENGTH)
    service_url = models.TextField()
    started_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    ending = models.CharField(
        max_length=9, default="", choices=[(ending.value, ending.label) for ending in Ending]
    )
    reason = models.CharField(max_length=11, default="")
    message = models.TextField(default="")
    check_id = models.BigIntegerField(null=True)
    """The first failed check; retention may have deleted it since."""
    evidence = models.JSONField(null=True)
    """Of that check: `address`, `redirects`, `headers`, `body_start`; None where none was kept."""
    cause = models.CharField(
        max_length=8,
        default=IncidentCause.FAULT.value,
        choices=[(cause.value, cause.label) for cause in IncidentCause],
    )
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=MAX_ACTOR_LENGTH, default="")
    snoozed_until = models.DateTimeField(null=True)
    note = models.TextField(default="", blank=True, max_length=MAX_NOTE_LENGTH)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="incident_ends_after_start",
                condition=Q(resolved_at=None) | Q(resolved_at__gte=F("started_at")),
            ),
            models.UniqueConstraint(
                fields=["service"], condition=Q(resolved_at=None), name="incident_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="incident_by_time"),
            models.Index(fields=["service", "-started_at"], name="incident_by_service"),
            models.Index(
                fields=["-started_at"], condition=Q(resolved_at=None), name="incident_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_name} down since {self.started_at:%Y-%m-%d %H:%M:%S}"

    def duration_s(self, now: datetime) -> float:
        """Give how long it lasted, or has lasted so far."""
        return max(0.0, ((self.resolved_at or now) - self.started_at).total_seconds())

    def is_snoozed(self, now: datetime) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > now


class IncidentEvent(models.Model):
    """A line of an incident's story; never changed afterwards."""

    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.label) for kind in EventKind])
    text = models.TextField(default="")
    actor = models.CharField(max_length=MAX_ACTOR_LENGTH, default="")
    """Who did it; empty where it happened by itself."""

    class Meta:
        indexes = [models.Index(fields=["incident", "at", "id"], name="incident_event_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"


class Exclusion(models.Model):
    """A stretch of a service's past that is charged otherwise than it was seen; the newest wins.

    An overlay: the periods below it stay as they were found.
    """

    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="exclusions", db_index=False
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    cause = models.CharField(
        max_length=8, choices=[(cause.value, cause.label) for cause in IncidentCause]
    )
    """`fault` says that what was seen counts after all."""
    reason = models.TextField(default="")
    actor = models.CharField(max_length=MAX_ACTOR_LENGTH, default="")
    created_at = models.DateTimeField()
    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, related_name="exclusions"
    )
    occurrence = models.ForeignKey(
        "MaintenanceOccurrence", on_delete=models.SET_NULL, null=True, related_name="exclusions"
    )
    """The maintenance that it is of."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exclusion_ends_after_start", condition=Q(ended_at__gt=F("started_at"))
            ),
        ]
        indexes = [models.Index(fields=["service", "started_at"], name="exclusion_by_service")]

    def __str__(self) -> str:
        return f"{self.cause} from {self.started_at:%Y-%m-%d %H:%M:%S}"
