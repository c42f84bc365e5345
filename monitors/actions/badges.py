"""Make, switch and delete badges, and give one another address."""

from datetime import datetime
from typing import Any

from django.db import models, transaction

from monitors.domain.badges import Subject, SubjectKind
from monitors.models import Badge, Service, StatusPage, Tag

from .tokens import new_token

_ROWS: dict[SubjectKind, models.Manager[Any]] = {
    SubjectKind.SERVICE: Service.objects,
    SubjectKind.TAG: Tag.objects,
    SubjectKind.STATUS_PAGE: StatusPage.objects,
}


def create(subject: Subject, now: datetime) -> Badge:
    """Make a badge, which is on. Raises ObjectDoesNotExist where its subject is gone."""
    with transaction.atomic():
        found = _ROWS[subject.kind].select_for_update().get(pk=subject.pk)
        return Badge.objects.create(
            token=new_token(), created_at=now, **{subject.kind.value: found}
        )


def switch(badge_id: int, *, enabled: bool) -> Badge:
    """Let its address answer, or not. Raises Badge.DoesNotExist."""
    return _change(badge_id, enabled=enabled)


def rotate(badge_id: int) -> Badge:
    """Give it a new address; that of before is good for nothing. Raises Badge.DoesNotExist."""
    return _change(badge_id, token=new_token())


def delete(badge_id: int) -> None:
    """Raises Badge.DoesNotExist."""
    Badge.objects.get(pk=badge_id).delete()


def _change(badge_id: int, **values: object) -> Badge:
    with transaction.atomic():
        badge = Badge.objects.select_for_update().get(pk=badge_id)
        for name, value in values.items():
            setattr(badge, name, value)
        badge.save(update_fields=list(values))
    return badge
