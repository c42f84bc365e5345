"""A key that lets a program use the API."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def that_open(self) -> Self:
        """Keys that are neither revoked nor of somebody who may not log in any more."""
        return self.filter(Q(owner=None) | Q(owner__is_active=True), revoked_at=None)


class ApiKey(models.Model):
    """Of the key itself only a hash is kept; the prefix tells people which one it is."""

    name = models.CharField(max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="api_keys",
    )
    """Whose key it is, and with whose account it ends; nobody's if it was made on the console."""
    prefix = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
