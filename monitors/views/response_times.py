"""The response times of a service over any range: as a chart, a table and CSV."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitors.domain.chart_range import LENGTHS
from monitors.interfaces.exporters.csv_text import CONTENT_TYPE
from monitors.interfaces.exporters.response_csv import response_csv
from monitors.interfaces.forms.chart_range import read_range
from monitors.interfaces.forms.filters import BetweenForm
from monitors.models import Service
from monitors.queries.response_chart import ResponseTimes, response_times
from monitors.queries.uptime import lived

from .access import Request, get_service_or_404


@require_safe
def show(request: Request, service_id: int) -> HttpResponse:
    service = get_service_or_404(service_id)
    found, error = _found(request, service)
    asked = found.range.name if found.range else ""
    context = {
        "service": service,
        "response": found,
        "newest_first": found.slots[::-1],
        "lengths": LENGTHS,
        "error": error,
        "range_form": BetweenForm(None if asked else request.GET),
        "query": request.GET.urlencode() if not error else "",
    }
    return render(request, "monitors/services/response.html", context)


@require_safe
def export(request: Request, service_id: int) -> HttpResponse:
    service = get_service_or_404(service_id)
    found, _error = _found(request, service)
    response = HttpResponse(response_csv(found.slots), content_type=CONTENT_TYPE)
    name = f"response-times-{service.pk}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _found(request: Request, service: Service) -> tuple[ResponseTimes, str]:
    now = timezone.now()
    wanted, error = read_range(request.GET, now)
    return response_times(service, wanted, lived(service, wanted.start, now)), error
