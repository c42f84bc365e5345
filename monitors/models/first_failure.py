"""What began the streak of failures that a service is in: one row a streak, not one a check."""

from django.db import models

from monitors.domain.state import Cause

from .service import Service


class FirstFailure(models.Model):
    """Counts only while `at` is the beginning of the service's streak; else it is of an old one."""

    service = models.OneToOneField(
        Service, on_delete=models.CASCADE, primary_key=True, related_name="first_failure"
    )
    at = models.DateTimeField()
    reason = models.CharField(max_length=11)
    message = models.TextField()
    check_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"first failure at {self.at:%Y-%m-%d %H:%M:%S}"

    def cause(self) -> Cause:
        return Cause(self.at, self.reason, self.message, self.check_id)
