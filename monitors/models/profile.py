"""What a person has chosen for themselves."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from monitors.domain.preferences import Theme


class Profile(models.Model):
    """One row a person, a column for each choice; without a row nothing has been chosen."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="profile",
    )
    time_zone = models.CharField(max_length=64, blank=True, default="")
    """Empty: that of the browser."""
    theme = models.CharField(
        max_length=6,
        default=Theme.SYSTEM.value,
        choices=[(theme.value, theme.label) for theme in Theme],
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="profile_theme", condition=Q(theme__in=[theme.value for theme in Theme])
            )
        ]

    def __str__(self) -> str:
        return f"profile of account {self.user_id}"
