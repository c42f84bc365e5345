"""The text in which a service is found: apart from its row, which is ten times as wide."""

from django.db import models

from .service import Service


class ServiceSearch(models.Model):
    service = models.OneToOneField(
        Service, on_delete=models.CASCADE, primary_key=True, related_name="search"
    )
    text = models.TextField()
    """As `domain.searching` makes it."""

    class Meta:
        verbose_name_plural = "service searches"

    def __str__(self) -> str:
        return self.text
