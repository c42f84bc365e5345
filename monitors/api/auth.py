"""Who may use the API: a bearer key, and for its documentation also whoever is logged in."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from ninja.security import HttpBearer

from monitors.actions.api_keys import recognise
from monitors.models import ApiKey

from .errors import error_response

NO_KEY = "Send a valid API key as “Authorization: Bearer <key>”."


class BearerKey(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        del request
        return recognise(token, timezone.now())


def caller(request: HttpRequest) -> str:
    """Name whoever calls, for what they leave behind."""
    key: ApiKey = getattr(request, "auth")  # noqa: B009 - ninja put it there
    return f"API key “{key.name}”"


def for_insiders(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show the documentation to whoever is logged in, or has a key."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated or BearerKey()(request):
            return require_safe(view)(request, *args, **kwargs)
        if request.path.rstrip("/").endswith(".json"):
            return error_response(401, "unauthorized", NO_KEY)
        return redirect_to_login(request.get_full_path())

    return guarded
