"""The outbox: what is to be told to a channel, the messages it goes out in, and how that went."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from monitors.domain.alerting import Facts, Fate, Hold

from .channel import Channel
from .incident import Incident
from .lease import Leased
from .service import MAX_NAME_LENGTH, Service


class MessageQuerySet(models.QuerySet["Message"]):
    def waiting(self) -> Self:
        return self.filter(next_try_at__isnull=False)


class Message(Leased):
    """What one delivery to one channel says; sent at least once, under one id.

    Its words come from the facts of its alerts, which do not change: so does no attempt.
    """

    channel = models.ForeignKey(
        Channel, on_delete=models.SET_NULL, null=True, related_name="messages"
    )
    channel_name = models.CharField(max_length=MAX_NAME_LENGTH)
    event = models.CharField(max_length=11)
    """A value of `Event`, DIGEST or TEST."""
    event_id = models.CharField(max_length=40, unique=True)
    """Says to the receiver what it has already; the same at every attempt."""
    extra = models.JSONField(default=dict)
    """What the message says beside its alerts: `standstill_s`, `told_late`, `text`."""
    created_at = models.DateTimeField()
    first_tried_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    """None once it is delivered, given up or dropped."""
    attempts = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)
    answer = models.TextField(default="")
    """To the last attempt, in one line."""

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="message_to_send",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.channel_name}"


class DeliveryAttempt(models.Model):
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="delivery_attempts", db_index=False
    )
    at = models.DateTimeField()
    delivered = models.BooleanField()
    answer = models.TextField(default="")
    took_ms = models.FloatField(default=0.0)

    class Meta:
        indexes = [models.Index(fields=["message", "at", "id"], name="attempt_by_message")]

    def __str__(self) -> str:
        return self.answer


class AlertQuerySet(models.QuerySet["Alert"]):
    def waiting(self) -> Self:
        return self.filter(fate=Fate.WAITING.value)


class Alert(models.Model):
    """One thing to tell one channel; written in the transaction in which the thing happened."""

    channel = models.ForeignKey(
        Channel, on_delete=models.SET_NULL, null=True, related_name="alerts", db_index=False
    )
    channel_name = models.CharField(max_length=MAX_NAME_LENGTH)
    event = models.CharField(max_length=11)
    about = models.CharField(max_length=120)
    """What it tells of, so that nothing is told twice: "incident:7", "reminder:7:2"."""
    incident = models.ForeignKey(
        Incident, on_delete=models.CASCADE, null=True, related_name="alerts", db_index=False
    )
    service = models.ForeignKey(
        Service, on_delete=models.SET_NULL, null=True, related_name="alerts", db_index=False
    )
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    """When it is decided what becomes of it: grouping, escalation and holds put it off."""
    fate = models.CharField(
        max_length=8,
        default=Fate.WAITING.value,
        choices=[(fate.value, fate.value) for fate in Fate],
    )
    hold = models.CharField(
        max_length=11, default="", blank=True, choices=[(hold.value, hold.label) for hold in Hold]
    )
    """Why it still waits, where it was its time already."""
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, related_name="alerts"
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "event", "about"], name="alert_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(fate=Fate.WAITING.value), name="alert_waiting"
            ),
            models.Index(fields=["incident", "channel", "event"], name="alert_by_incident"),
            models.Index(fields=["service", "event", "-created_at"], name="alert_by_service"),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.channel_name} about {self.about}"

    def told_facts(self) -> Facts:
        return Facts.from_json(self.facts)

    @property
    def is_held(self) -> bool:
        return self.fate == Fate.WAITING.value and bool(self.hold)

    def waits(self, now: datetime) -> bool:
        return self.fate == Fate.WAITING.value and self.due_at > now
