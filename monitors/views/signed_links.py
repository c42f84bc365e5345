"""What a link in a message lets whoever has it do without logging in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitors.actions import incident_response
from monitors.actions.signed_links import BadToken, read_acknowledge_token
from monitors.models import Incident
from monitors.queries.incidents import incident_row

TEMPLATE = "monitors/incidents/acknowledge.html"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest, token: str) -> HttpResponse:
    """Show the incident and a button; only the button changes anything: scanners follow links."""
    try:
        incident_id, channel = read_acknowledge_token(token)
    except BadToken:
        return _answer(request, {}, 404)
    incident = Incident.objects.filter(pk=incident_id).first()
    if incident is None or incident.resolved_at is not None:
        return _answer(request, _about(incident, channel), 410)
    if request.method == "POST":
        try:
            incident_response.acknowledge(incident_id, channel, timezone.now())
        except Incident.DoesNotExist:
            return _answer(request, {}, 410)
        # So that reloading the page sends nothing again.
        return redirect(request.path)
    return _answer(request, _about(incident, channel), 200)


def _about(incident: Incident | None, channel: str) -> dict[str, object]:
    row = incident_row(incident, timezone.now()) if incident else None
    return {"row": row, "incident": incident, "channel": channel}


def _answer(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    response = render(request, TEMPLATE, context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
