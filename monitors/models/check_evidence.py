"""What is kept of a failing check; goes with its line of the log."""

from django.db import models

from monitors.domain.evidence import Evidence

from .service_status import ServiceStatus


class CheckEvidence(models.Model):
    check_row = models.OneToOneField(
        ServiceStatus, on_delete=models.CASCADE, primary_key=True, related_name="evidence"
    )
    address = models.CharField(max_length=45, default="")
    redirects = models.JSONField(default=list)
    headers = models.JSONField(default=list)
    body_start = models.TextField(default="")

    class Meta:
        verbose_name_plural = "check evidence"

    def __str__(self) -> str:
        return f"evidence of check {self.check_row_id}"

    @classmethod
    def from_evidence(cls, row: ServiceStatus, found: Evidence) -> "CheckEvidence":
        return cls(
            check_row=row,
            address=found.address,
            redirects=list(found.redirects),
            headers=[list(header) for header in found.headers],
            body_start=found.body_start,
        )
