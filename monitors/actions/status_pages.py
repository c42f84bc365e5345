"""Make, change and delete status pages, and post on them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from monitors.domain.status_pages import Stage
from monitors.models import Incident, Service, StatusComponent, StatusNotice, StatusPage, StatusPost


class DuplicateSlug(Exception):  # noqa: N818 - reads as what it is at every raise
    """Another page has this address."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a page shows a service."""

    service_id: int
    name: str = ""
    """Empty for the name of the service."""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice before its first post."""

    title: str
    components: Collection[int]
    incident_id: int | None = None


def create(settings: Mapping[str, Any], shown: Sequence[Shown], now: datetime) -> StatusPage:
    """Make a page. Raises DuplicateSlug."""
    page = StatusPage(**settings, created_at=now)
    with transaction.atomic():
        _save(page)
        _show(page, shown)
    return page


def edit(page_id: int, settings: Mapping[str, Any], shown: Sequence[Shown]) -> StatusPage:
    """Change a page and what it shows. Raises DuplicateSlug and StatusPage.DoesNotExist."""
    with transaction.atomic():
        page = StatusPage.objects.select_for_update().get(pk=page_id)
        for name, value in settings.items():
            setattr(page, name, value)
        _save(page)
        _show(page, shown)
    return page


def delete(page_id: int) -> None:
    """Delete a page with what was posted on it. Raises StatusPage.DoesNotExist."""
    StatusPage.objects.get(pk=page_id).delete()


def open_notice(
    page_id: int, draft: Draft, stage: Stage, text: str, author: str, now: datetime
) -> StatusNotice:
    """Tell the public of an incident. Raises StatusPage.DoesNotExist."""
    with transaction.atomic():
        page = StatusPage.objects.select_for_update().get(pk=page_id)
        incident = None
        if draft.incident_id is not None:
            incident = Incident.objects.filter(pk=draft.incident_id).first()
        started_at = min(incident.started_at, now) if incident else now
        notice = StatusNotice.objects.create(
            page=page, title=draft.title, started_at=started_at, incident=incident
        )
        notice.components.set(page.components.filter(pk__in=draft.components))
        _post(notice, stage, text, author, now)
    return notice


def post(notice_id: int, stage: Stage, text: str, author: str, now: datetime) -> StatusNotice:
    """Add an update; one that does not resolve opens it anew. Raises StatusNotice.DoesNotExist."""
    with transaction.atomic():
        notice = StatusNotice.objects.select_for_update().get(pk=notice_id)
        _post(notice, stage, text, author, now)
    return notice


def _post(notice: StatusNotice, stage: Stage, text: str, author: str, now: datetime) -> None:
    StatusPost.objects.create(notice=notice, at=now, stage=stage.value, text=text, author=author)
    notice.resolved_at = max(now, notice.started_at) if stage is Stage.RESOLVED else None
    notice.save(update_fields=["resolved_at"])


def _save(page: StatusPage) -> None:
    others = StatusPage.objects.filter(slug=page.slug).exclude(pk=page.pk)
    if others.exists():
        raise DuplicateSlug
    try:
        with transaction.atomic():
            page.save()
    except IntegrityError:
        raise DuplicateSlug from None


def _show(page: StatusPage, shown: Sequence[Shown]) -> None:
    """Show these services and no others; those that were there keep what was posted of them."""
    wanted = {each.service_id: each for each in shown}
    page.components.exclude(service__in=wanted).delete()
    there = {each.service_id: each for each in page.components.all()}
    names = dict(Service.objects.filter(pk__in=wanted).values_list("pk", "name"))
    for position, (service_id, each) in enumerate(wanted.items()):
        if service_id not in names:
            continue
        component = there.get(service_id) or StatusComponent(page=page, service_id=service_id)
        component.name = each.name or names[service_id]
        component.group, component.position = each.group, position
        component.save()
