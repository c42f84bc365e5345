"""Status pages as the team sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from monitors.models import Incident, StatusNotice, StatusPage


@dataclass(frozen=True, slots=True)
class PageRow:
    page: StatusPage
    components: int
    open_notices: int


def page_rows() -> list[PageRow]:
    """Give all pages, with how much is on each."""
    pages = StatusPage.objects.annotate(
        shown=Count("components", distinct=True),
        told=Count("notices", filter=Q(notices__resolved_at=None), distinct=True),
    )
    return [PageRow(page, page.shown, page.told) for page in pages]


def untold_incidents(page: StatusPage) -> Sequence[Incident]:
    """Give the open incidents of what a page shows that nobody has posted of, newest first."""
    services = page.components.values("service_id")
    told = StatusNotice.objects.filter(page=page, incident__isnull=False).values("incident_id")
    found = Incident.objects.open().filter(service__in=services).exclude(pk__in=told)
    return list(found.order_by("-started_at")[:20])


def drafted(page: StatusPage, incident_id: int | None) -> dict[str, Any]:
    """Give what a notice of an incident would say, for a person to go over before it is public."""
    if incident_id is None:
        return {}
    components = page.components.filter(service__incidents=incident_id)
    component = components.first()
    if component is None:
        return {}
    return {
        "title": f"{component.name} is not available",
        "components": [str(component.pk)],
        "stage": "investigating",
        "text": f"{component.name} is not available. We are looking into it.",
        "incident": incident_id,
    }
