"""Secrets in every text of everything that something public could draw on."""

from datetime import timedelta

from django.utils import timezone

from monitors.actions import maintenance
from monitors.models import Channel, Incident, Service, ServiceStatus

SECRET = "hidden-from-the-public"
# What is read as a word of ours, and would be refused.
MEANS_SOMETHING = {"state", "last_status", "recent", "status", "fate", "kind", "ending", "cause"}


def plant(service: Service) -> None:
    now = timezone.now()
    for model in (Service, Channel, Incident, ServiceStatus):
        for row in model.objects.all():
            texts = {
                field.name: f"{SECRET} {row.pk}"[: field.max_length or 1_000]
                for field in model._meta.fields
                if field.get_internal_type() in {"CharField", "TextField"}
                and not field.choices
                and field.name not in MEANS_SOMETHING
            }
            model.objects.filter(pk=row.pk).update(**texts)
    maintenance.start_now(service.pk, now, SECRET, timedelta(hours=1))
