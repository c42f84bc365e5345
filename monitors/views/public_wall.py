"""The page of a wall display, open to whoever has its address.

The part that refreshes itself is asked for at the same address; that of a display which is off
answers 404, so that the open page knows.
"""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from monitors.models import WallDisplay
from monitors.queries.wall import display_at, wall


@login_not_required
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    display = display_at(token)
    if display is None:
        return _off(request)
    is_poll = "HX-Request" in request.headers
    return _refreshed(request, display) if is_poll else _page(request, display)


def _off(request: HttpRequest) -> HttpResponse:
    """Answer alike, whether there was never such an address or it is off."""
    answer = _answer("off", {"theme": _theme(request)}, status=404)
    answer["X-Wall-Display"] = "off"
    return answer


def _page(request: HttpRequest, display: WallDisplay) -> HttpResponse:
    now = timezone.now()
    context = {
        "wall": wall(display, now),
        "token": display.token,
        "now": now,
        "zone": timezone.get_default_timezone_name(),
        "theme": _theme(request),
    }
    return _answer("show", context)


def _refreshed(request: HttpRequest, display: WallDisplay) -> HttpResponse:
    answer = _answer("_live", {"wall": wall(display, timezone.now())})
    answer["ETag"] = etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _answer(name: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    # Not with the request: what every page of the team shows would ask who is logged in.
    text = render_to_string(f"monitors/wall/{name}.html", context)
    headers = {"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}
    return HttpResponse(text, status=status, headers=headers)


def _theme(request: HttpRequest) -> str:
    return "light" if request.GET.get("theme") == "light" else "dark"
