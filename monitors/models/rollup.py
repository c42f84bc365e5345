"""Summaries of the log by the hour and by the day, and how far they have been written."""

from datetime import datetime
from typing import Self

from django.db import models

from monitors.domain.rollups import Summary, buckets_text, read_buckets

from .lease import Leased
from .service import Service


class SummaryQuerySet(models.QuerySet["StoredSummary"]):
    def between(self, start: datetime, end: datetime) -> Self:
        return self.filter(starts_at__gte=start, starts_at__lt=end)


class StoredSummary(models.Model):
    """The checks of one service that began within an hour or a day of UTC."""

    SUMMED = (
        "service_id",
        "starts_at",
        "up",
        "degraded",
        "down",
        "timed",
        "sum_ms",
        "min_ms",
        "max_ms",
        "buckets",
    )

    service = models.ForeignKey(
        # Of a service that was deleted they go later, with its log (LogToDelete).
        Service,
        on_delete=models.DO_NOTHING,
        related_name="%(class)ss",
        db_index=False,
        db_constraint=False,
    )
    starts_at = models.DateTimeField()
    up = models.PositiveIntegerField()
    degraded = models.PositiveIntegerField()
    down = models.PositiveIntegerField()
    timed = models.PositiveIntegerField()
    sum_ms = models.FloatField()
    min_ms = models.FloatField(null=True)
    max_ms = models.FloatField(null=True)
    buckets = models.TextField()

    objects = SummaryQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"service {self.service_id} from {self.starts_at:%Y-%m-%d %H:%M}"

    @classmethod
    def of(cls, service_id: int, starts_at: datetime, summary: Summary) -> Self:
        return cls(
            service_id=service_id,
            starts_at=starts_at,
            up=summary.up,
            degraded=summary.degraded,
            down=summary.down,
            timed=summary.timed,
            sum_ms=summary.sum_ms,
            min_ms=summary.min_ms,
            max_ms=summary.max_ms,
            buckets=buckets_text(summary.buckets),
        )

    def summary(self) -> Summary:
        return Summary(
            self.up,
            self.degraded,
            self.down,
            self.timed,
            self.sum_ms,
            self.min_ms,
            self.max_ms,
            read_buckets(self.buckets),
        )


class HourlySummary(StoredSummary):
    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "starts_at"], name="hourly_summary_once"),
        ]


class DailySummary(StoredSummary):
    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "starts_at"], name="daily_summary_once"),
        ]


class Chore(Leased):
    """Work that one checker does for all of them: how far it is, and who is at it."""

    name = models.CharField(max_length=20, primary_key=True)
    done_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class HourToRedo(models.Model):
    """An hour to which results came after it was summed up; a row for each time that happened."""

    starts_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
