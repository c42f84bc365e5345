"""Reports that are mailed by themselves, every week or month."""

from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from monitors.domain.report_ranges import Every
from monitors.domain.reports import DEFAULT_TARGET_PERCENT
from monitors.domain.zones import zone_of

from .channel import Channel
from .service import MAX_NAME_LENGTH, Service, Tag


class ReportScheduleQuerySet(models.QuerySet["ReportSchedule"]):
    def running(self) -> Self:
        """Those that mail anything: enabled as their channels are, and for some services."""
        return self.filter(enabled=True, orphaned=False, channel__enabled=True)


class ReportSchedule(models.Model):
    """A report for the people of an e-mail channel; for no tags and no services: of all."""

    name = models.CharField(max_length=MAX_NAME_LENGTH)
    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, related_name="report_schedules", verbose_name="to"
    )
    every = models.CharField(
        "how often",
        max_length=7,
        default=Every.MONTHLY.value,
        choices=[(every.value, every.label) for every in Every],
    )
    time_zone = models.CharField(max_length=64, default="UTC")
    target_percent = models.FloatField("target in %", default=DEFAULT_TARGET_PERCENT)
    tags = models.ManyToManyField(Tag, blank=True, related_name="report_schedules")
    services = models.ManyToManyField(Service, blank=True, related_name="report_schedules")
    orphaned = models.BooleanField(default=False, editable=False)
    """Whether the last service it named was deleted: it is for none then, not for all."""
    enabled = models.BooleanField(default=True)
    last_sent_for = models.DateField(editable=False)
    """The first day of the newest week or month that is in the outbox, or needs not be."""
    created_at = models.DateTimeField(editable=False)

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(name="report_schedule_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="report_schedule_target",
                condition=Q(target_percent__gt=0, target_percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def zone(self) -> ZoneInfo:
        """Give its time zone; one that this machine does not know any more is UTC."""
        return zone_of(self.time_zone) or ZoneInfo("UTC")
