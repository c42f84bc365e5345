"""Badges: addresses at which anybody who has them sees how something is."""

from typing import Self

from django.db import models
from django.db.models import Q

from monitors.domain.badges import Subject, SubjectKind

from .service import Service, Tag
from .status_page import StatusPage

MAX_TOKEN_LENGTH = 43


def _is_of_one_thing() -> Q:
    one_of_them = Q()
    for kind in SubjectKind:
        one_of_them |= Q(**{f"{other}__isnull": other is not kind for other in SubjectKind})
    return one_of_them


class BadgeQuerySet(models.QuerySet["Badge"]):
    def shown(self) -> Self:
        """Leave out what is off, and what is of a page that is not published."""
        return self.filter(Q(status_page=None) | Q(status_page__published=True), enabled=True)

    def with_subjects(self) -> Self:
        return self.select_related("service", "tag", "status_page")

    def of(self, subject: Subject) -> Self:
        return self.filter(**{f"{subject.kind}_id": subject.pk})


class Badge(models.Model):
    """Of exactly one service, tag or status page."""

    token = models.CharField(max_length=MAX_TOKEN_LENGTH, unique=True, editable=False)
    """What its address has that nobody can guess."""
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, null=True, related_name="badges", editable=False
    )
    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, null=True, related_name="badges", editable=False
    )
    status_page = models.ForeignKey(
        StatusPage, on_delete=models.CASCADE, null=True, related_name="badges", editable=False
    )
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(editable=False)

    objects = BadgeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="badge_of_one_thing", condition=_is_of_one_thing()),
        ]

    def __str__(self) -> str:
        return f"badge of {self.name}"

    @property
    def name(self) -> str:
        """What it is of, by name. Wants the subjects selected."""
        return str(self.service or self.tag or self.status_page)

    @property
    def subject(self) -> Subject:
        kinds = ((kind, getattr(self, f"{kind}_id")) for kind in SubjectKind)
        return next(Subject(kind, pk) for kind, pk in kinds if pk is not None)

    @property
    def is_shown(self) -> bool:
        """Whether its address answers. Wants the status page selected."""
        return self.enabled and (self.status_page is None or self.status_page.published)
