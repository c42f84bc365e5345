"""The list of services, whole or only the part that refreshes itself."""

import hashlib

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from monitors.interfaces.forms.filters import ListFilterForm, list_filter
from monitors.queries.dashboard import list_page

from .access import Request


@require_safe
@vary_on_headers("HX-Request")
def dashboard(request: Request) -> HttpResponseBase:
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


def _unless_same(request: Request, response: HttpResponse) -> HttpResponseBase:
    """Answer 304 to a poll that would show what is on the page already."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache, private"
    # Not compared by hand: a proxy that compresses makes a weak one of it (W/"...").
    return get_conditional_response(request, etag=etag, response=response) or response
