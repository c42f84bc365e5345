"""Status pages for tests."""

from typing import Any

from monitors.actions import status_pages
from monitors.actions.status_pages import Shown
from monitors.models import Service, StatusPage

from .clock import NOON


def a_page(*services: Service, group: str = "", **settings: Any) -> StatusPage:
    """Make a published page that shows services under the names "Part 1", "Part 2" and so on."""
    given = {"slug": "shop", "title": "The shop", "published": True} | settings
    shown = [Shown(each.pk, f"Part {n}", group) for n, each in enumerate(services, start=1)]
    return status_pages.create(given, shown, NOON)
