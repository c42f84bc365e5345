"""Public status pages: what they show of which services, and what is posted on them."""

from django.db import models
from django.db.models import F, Q

from monitors.domain.status_pages import MAX_SLUG_LENGTH, Stage, Visibility

from .incident import MAX_ACTOR_LENGTH, Incident
from .service import MAX_NAME_LENGTH, Service

MAX_TEXT_LENGTH = 5_000


class StatusPage(models.Model):
    """A page for the public; nobody sees it before it is published."""

    slug = models.CharField(max_length=MAX_SLUG_LENGTH, unique=True)
    title = models.CharField(max_length=MAX_NAME_LENGTH)
    text = models.TextField(max_length=MAX_TEXT_LENGTH, default="", blank=True)
    accent = models.CharField(max_length=7, default="", blank=True)
    """Like #1f5f7a; empty for the colour of the site."""
    visibility = models.CharField(
        max_length=8,
        default=Visibility.PUBLIC.value,
        choices=[(each.value, each.label) for each in Visibility],
    )
    published = models.BooleanField(default=False)
    shows_messages = models.BooleanField(default=False)
    """Whether what a failed check found is shown; it may name hosts and addresses."""
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class StatusComponent(models.Model):
    """A service as a page shows it, under a name for the public."""

    page = models.ForeignKey(
        StatusPage, on_delete=models.CASCADE, related_name="components", db_index=False
    )
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="components")
    name = models.CharField(max_length=MAX_NAME_LENGTH)
    group = models.CharField(max_length=MAX_NAME_LENGTH, default="", blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["page", "service"], name="status_component_once"),
        ]

    def __str__(self) -> str:
        return self.name


class StatusNotice(models.Model):
    """An incident as the public is told of it, by posts that people write."""

    page = models.ForeignKey(
        StatusPage, on_delete=models.CASCADE, related_name="notices", db_index=False
    )
    title = models.CharField(max_length=MAX_NAME_LENGTH)
    started_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    components = models.ManyToManyField(StatusComponent, blank=True, related_name="notices")
    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, related_name="notices"
    )
    """That which it was drafted from."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="status_notice_ends_after_start",
                condition=Q(resolved_at=None) | Q(resolved_at__gte=F("started_at")),
            ),
        ]
        indexes = [models.Index(fields=["page", "-started_at"], name="status_notice_by_time")]

    def __str__(self) -> str:
        return self.title


class StatusPost(models.Model):
    """An update on a notice; never changed afterwards."""

    notice = models.ForeignKey(
        StatusNotice, on_delete=models.CASCADE, related_name="posts", db_index=False
    )
    at = models.DateTimeField()
    stage = models.CharField(max_length=13, choices=[(stage.value, stage.label) for stage in Stage])
    text = models.TextField(max_length=MAX_TEXT_LENGTH)
    author = models.CharField(max_length=MAX_ACTOR_LENGTH, default="")
    """Who wrote it; the public is not told."""

    class Meta:
        indexes = [models.Index(fields=["notice", "-at"], name="status_post_by_time")]

    def __str__(self) -> str:
        return f"{self.stage} at {self.at:%Y-%m-%d %H:%M:%S}"
