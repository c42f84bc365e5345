"""What a new service begins with on this installation."""

from django.db import models
from django.db.models import Q


class ServiceDefaults(models.Model):
    """One row at most: the settings that differ from those the program comes with."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(name="service_defaults_once", condition=Q(id=1))]

    def __str__(self) -> str:
        return "defaults of new services"
