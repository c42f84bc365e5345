"""/healthz: for load balancers, and for another monitor."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitors.queries.health import trouble


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    del request
    reason = trouble(timezone.now())
    return HttpResponse(
        f"{reason or 'ok'}\n", status=503 if reason else 200, content_type="text/plain"
    )
