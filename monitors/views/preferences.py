"""Shows each person the pages as they have chosen."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from monitors.domain.preferences import Preferences
from monitors.queries.preferences import preferences_of

from .access import Request


class OwnPreferences:
    """Middleware: whoever is logged in reads and types times in their own zone.

    Only on pages that want a login: what the public sees is the same for everybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cast("Request", request).preferences = Preferences()
        # What is activated for this request ends with it.
        with timezone.override(timezone.get_current_timezone()):
            return self._get_response(request)

    def process_view(
        self, request: Request, view: Callable[..., Any], _args: object, _kwargs: object
    ) -> None:
        # After LoginRequired, by its rule: nobody comes here without an account.
        if not getattr(view, "login_required", True):
            return
        request.preferences = preferences_of(request.user.pk)
        if request.preferences.zone is not None:
            timezone.activate(request.preferences.zone)
