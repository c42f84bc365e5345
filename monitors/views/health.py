"""How this installation does: for load balancers, other monitors, and people."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitors.actions.api_keys import recognise
from monitors.interfaces.exporters.prometheus import CONTENT_TYPE, prometheus_text
from monitors.queries.health import health
from monitors.queries.metrics import numbers


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer "ok" or what is wrong, and below it a line for each figure."""
    del request
    found = health(timezone.now())
    lines = [found.trouble or "ok"]
    lines += [f"{name} {value:g}" for name, value in found.figures.items()]
    status = 503 if found.trouble else 200
    return HttpResponse("\n".join(lines) + "\n", status=status, content_type="text/plain")


class HealthUnderAnyHost:
    """Middleware: `/healthz` answers before ALLOWED_HOSTS is asked.

    A load balancer asks by address, a container by a name of its own; nothing in the answer depends
    on the name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return healthz(request)
        return self._get_response(request)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to Prometheus, which brings an API key, or to somebody logged in."""
    now = timezone.now()
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    if key:
        if kind.lower() != "bearer" or recognise(key.strip(), now) is None:
            return HttpResponse(
                "This is no valid API key.\n", status=401, content_type="text/plain"
            )
    elif not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return HttpResponse(prometheus_text(numbers(now)), content_type=CONTENT_TYPE)


@require_safe
def checkers(request: HttpRequest) -> HttpResponse:
    """Show who is checking, and how they keep up."""
    return render(request, "monitors/checkers/list.html", {"health": health(timezone.now())})
