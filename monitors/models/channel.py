"""Channels: who is told, of what, and how."""

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from monitors.domain.alerting import DEFAULT_EVENTS, ChannelKind, Event

from .fields import SecretField, Unreadable, secret_fields
from .service import MAX_NAME_LENGTH, Service, Tag

MAX_TARGET_LENGTH = 2_000


def _default_events() -> list[str]:
    return [event.value for event in DEFAULT_EVENTS]


class ChannelQuerySet(models.QuerySet["Channel"]):
    def enabled(self) -> Self:
        return self.filter(enabled=True)


class Channel(models.Model):
    """For no tags and no services: of all services."""

    name = models.CharField(max_length=MAX_NAME_LENGTH, unique=True)
    kind = models.CharField(
        max_length=7, choices=[(kind.value, kind.value) for kind in ChannelKind]
    )
    target = SecretField(max_length=MAX_TARGET_LENGTH)
    """E-mail addresses, one a line; the address of a webhook; the URL of Apprise."""
    signing_secret = SecretField(default="", blank=True, editable=False)
    """Of a webhook: `whsec_` and the key in base64."""
    previous_secret = SecretField(default="", blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    """Until when messages are signed with both."""
    events = models.JSONField(default=_default_events)
    """The values of `Event` that it wants."""
    tags = models.ManyToManyField(Tag, blank=True, related_name="channels")
    services = models.ManyToManyField(Service, blank=True, related_name="channels")
    orphaned = models.BooleanField(default=False, editable=False)
    """Whether the last service it named was deleted: it is for none then, not for all."""
    enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=500, default="", editable=False)
    """Why it was disabled by itself; empty where a person did it."""
    group_s = models.PositiveIntegerField(
        "group alerts within", default=30, validators=[MaxValueValidator(3_600)]
    )
    """In seconds: what fails within this time is one message; 0: each is its own, at once."""
    remind_every_s = models.PositiveIntegerField(
        "remind while down every", default=0, validators=[MaxValueValidator(7 * 86_400)]
    )
    """In seconds; 0: never."""
    escalate_after_s = models.PositiveIntegerField(
        "only when nobody has acknowledged within",
        default=0,
        validators=[MaxValueValidator(7 * 86_400)],
    )
    """In seconds; 0: it is told at once."""
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    """Quiet hours by the clocks of the time zone; they may pass midnight."""
    time_zone = models.CharField(max_length=64, default="UTC")
    breaks_through = models.JSONField(default=list, blank=True)
    """The events that are told in quiet hours too."""
    created_at = models.DateTimeField(editable=False)
    deliveries = models.PositiveBigIntegerField(default=0, editable=False)
    failures = models.PositiveBigIntegerField(default=0, editable=False)
    """Attempts that arrived, and that did not, since it was made."""

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(name="channel_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="channel_quiet_hours_whole",
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def unreadable_secrets(self) -> dict[str, Unreadable]:
        """Secrets that the present SECRET_KEY does not decrypt, by the names of their columns."""
        secrets = ((name, getattr(self, name)) for name in secret_fields(Channel))
        return {name: secret for name, secret in secrets if isinstance(secret, Unreadable)}

    def wants(self, event: Event) -> bool:
        """Tell whether it is told of an event: who hears of outages hears why they stop."""
        is_instead_of_down = event is Event.FLAPPING and Event.DOWN.value in self.events
        return event.value in self.events or is_instead_of_down

    def lets_through(self, event: Event) -> bool:
        """Whether an event is told in quiet hours too."""
        return event.value in self.breaks_through

    def signs_with_both(self, now: datetime) -> bool:
        until = self.previous_secret_until
        return bool(self.previous_secret) and until is not None and until > now
