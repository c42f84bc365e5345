"""What every page of the site shows."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from monitors.queries.checkers import lateness


def site(request: HttpRequest) -> dict[str, Any]:
    """Give the moment of the page, and whether checks are late, to those who are logged in."""
    now = timezone.now()
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {"now": now, "checker_late": lateness(now) if known else None}
