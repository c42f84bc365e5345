"""What every page of the site shows."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from monitors.domain.preferences import Preferences
from monitors.queries.checkers import NOTHING_WAITS, backlog


def site(request: HttpRequest) -> dict[str, Any]:
    """Give what the page is drawn by and, to those who are logged in, what waits to be checked."""
    now = timezone.now()
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "now": now,
        "backlog": backlog(now) if known else NOTHING_WAITS,
        "preferences": getattr(request, "preferences", Preferences()),
        "shown_zone": timezone.get_current_timezone_name(),
    }
