"""The log: one row a check, never changed after it is written."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models

from monitors.domain.observation import Phases
from monitors.domain.reasons import Reason
from monitors.domain.result import CheckResult, Status

from .fields import RealField
from .service import Service

STATUSES = [(status.value, status.label) for status in Status]
REASONS = [(reason.value, reason.value) for reason in Reason]


class ServiceStatusQuerySet(models.QuerySet["ServiceStatus"]):
    def of(self, service: Service) -> Self:
        """The checks of one service, newest first."""
        return self.filter(service=service).order_by("-checked_at", "-id")

    def before(self, moment: datetime) -> Self:
        return self.filter(checked_at__lt=moment)


class ServiceStatus(models.Model):
    service = models.ForeignKey(
        # Whoever writes a row writes its service too, which must be there for that: a constraint
        # would look it up, and lock it, once more for every check. The log of a service that was
        # deleted may be long: it goes later, in batches (LogToDelete).
        Service,
        on_delete=models.DO_NOTHING,
        related_name="checks",
        db_index=False,
        db_constraint=False,
    )
    checked_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=STATUSES)
    reason = models.CharField(max_length=11, choices=REASONS)
    message = models.TextField()
    response_time_ms = RealField("response time", null=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    dns_ms = RealField(null=True)
    connect_ms = RealField(null=True)
    tls_ms = RealField(null=True)
    wait_ms = RealField(null=True)
    transfer_ms = RealField(null=True)
    loop_lag_ms = RealField(default=0.0)
    location = models.CharField(max_length=40, default="", blank=True)

    objects = ServiceStatusQuerySet.as_manager()

    class Meta:
        verbose_name = "check"
        verbose_name_plural = "checks"
        indexes = [
            # The history page and every "newest of this service": one range of one index.
            models.Index(fields=["service", "-checked_at"], name="check_by_service_and_time"),
        ]

    def __str__(self) -> str:
        return f"{self.status} at {self.checked_at:%Y-%m-%d %H:%M:%S}"

    LOGGED: ClassVar = (
        "service_id",
        "checked_at",
        "status",
        "reason",
        "message",
        "response_time_ms",
        "status_code",
        "dns_ms",
        "connect_ms",
        "tls_ms",
        "wait_ms",
        "transfer_ms",
        "loop_lag_ms",
        "location",
    )

    @staticmethod
    def logged(service_id: int, result: CheckResult, location: str) -> tuple[Any, ...]:
        """Give the values of a row, in the order of `LOGGED`."""
        phases = result.phases
        return (
            service_id,
            result.checked_at,
            result.status.value,
            result.reason.value,
            result.message,
            result.response_time_ms,
            result.status_code,
            phases.dns_ms,
            phases.connect_ms,
            phases.tls_ms,
            phases.wait_ms,
            phases.transfer_ms,
            result.loop_lag_ms,
            location,
        )

    @property
    def phases(self) -> Phases:
        return Phases(self.dns_ms, self.connect_ms, self.tls_ms, self.wait_ms, self.transfer_ms)
