"""Recent events: the changes of the states of all services."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from monitors.interfaces.forms.events import (
    EventFilterForm,
    event_filter,
    place_text,
    read_place,
)
from monitors.models import Tag
from monitors.queries.events import events_page
from monitors.queries.incidents import service_of

from .access import Request
from .refresh import unless_same


@require_safe
@vary_on_headers("HX-Request")
def events(request: Request) -> HttpResponseBase:
    wanted, place = event_filter(request.GET), read_place(request.GET.get("after", ""))
    page = events_page(wanted, place, timezone.now())
    query = request.GET.copy()
    query.pop("after", None)
    context: dict[str, Any] = {
        "page": page,
        "older": place_text(page.next_place),
        "after": place_text(place),
        "query": query.urlencode(),
        "filtered": any(query.values()),
    }
    if request.htmx:
        return unless_same(request, render(request, "monitors/events/_rows.html", context))
    tags = Tag.objects.values_list("name", flat=True)
    context |= {
        "service": service_of(wanted.service),
        "filter_form": EventFilterForm(request.GET, tags),
    }
    return render(request, "monitors/events/list.html", context)
