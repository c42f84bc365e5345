"""The life of a service as stretches of time in one state."""

from django.db import models
from django.db.models import F, Q

from .service import STATES, Service


class Period(models.Model):
    """From `started_at` (included) to `ended_at` (not included; None while it lasts)."""

    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="periods", db_index=False
    )
    state = models.CharField(max_length=8, choices=STATES)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="period_ends_after_start",
                condition=Q(ended_at=None) | Q(ended_at__gt=F("started_at")),
            ),
            models.UniqueConstraint(
                fields=["service"], condition=Q(ended_at=None), name="period_one_open"
            ),
            models.UniqueConstraint(fields=["service", "started_at"], name="period_start_once"),
        ]
        # Written where a state changes: no check that finds the same touches it.
        indexes = [models.Index(fields=["-started_at", "-id"], name="period_by_time")]

    def __str__(self) -> str:
        return f"{self.state} since {self.started_at:%Y-%m-%d %H:%M:%S}"
