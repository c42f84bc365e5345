"""The list of services, whole or only the part that refreshes itself."""

import hashlib

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from monitors.interfaces.forms.filters import ListFilterForm, list_filter
from monitors.queries.dashboard import list_page

from .access import Request


@require_safe
@vary_on_headers("HX-Request")
def dashboard(request: Request) -> HttpResponse:
    page = list_page(list_filter(request.GET), timezone.now())
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "filter_form": ListFilterForm(request.GET, page.tags),
        "query": query.urlencode(),
    }
    if not request.htmx:
        return render(request, "monitors/services/list.html", context)
    return _unless_same(request, render(request, "monitors/services/_rows.html", context))


def _unless_same(request: Request, response: HttpResponse) -> HttpResponse:
    """Answer 304 to a poll that would show what is on the page already."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache, private"
    return response
