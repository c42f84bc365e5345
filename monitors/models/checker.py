"""The row by which a running checker says that it is alive, and how it is doing."""

from django.db import models


class Checker(models.Model):
    name = models.CharField(max_length=100, unique=True)
    location = models.CharField(max_length=40, default="", blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    """Its last sign of life."""
    stopped_at = models.DateTimeField(null=True)
    """When it ended in order; None while it runs, and where it was killed."""
    in_flight = models.PositiveIntegerField(default=0)
    unwritten = models.PositiveIntegerField(default=0)
    """Results that wait to be written."""
    checks_per_s = models.FloatField(default=0.0)
    lag_ms = models.FloatField(default=0.0)
    """By how much its event loop was late at worst since the sign of life before."""
    late_ms = models.FloatField(default=0.0)
    """By how much a check began after its due time at worst since then."""
    write_ms = models.FloatField(default=0.0)
    """How long the slowest write to the database took since then."""
    errors = models.PositiveIntegerField(default=0)
    """Errors that nobody expected, since it began; its log has each."""

    set_aside = models.PositiveIntegerField(default=0)
    """Results that could not be stored, since it began."""
    trouble = models.TextField(default="")
    """What keeps it from its work; empty while nothing does."""

    cut_off_since = models.DateTimeField(null=True)
    """Since when no canary answers it; None while it is not cut off."""

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
