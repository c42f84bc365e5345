"""The list of incidents, one of them, and what is done about it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django import forms
from django.contrib import messages
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from monitors.actions import incident_response
from monitors.interfaces.exporters.csv_text import CONTENT_TYPE
from monitors.interfaces.exporters.incidents_csv import csv_parts
from monitors.interfaces.forms.incident import (
    AcknowledgeForm,
    IncidentFilterForm,
    NoteForm,
    ReclassifyForm,
    incident_filter,
    place_text,
    read_place,
)
from monitors.models import Incident, Tag
from monitors.queries.incident_page import incident_page
from monitors.queries.incidents import all_incidents, incidents_page, service_of

from .access import Request, gone_is_404
from .refresh import unless_same


@require_safe
@vary_on_headers("HX-Request")
def incidents(request: Request) -> HttpResponseBase:
    wanted, place = incident_filter(request.GET), read_place(request.GET.get("after", ""))
    page = incidents_page(wanted, place, timezone.now())
    query = request.GET.copy()
    # A zone without a time is no filter.
    zone = () if query.get("since") or query.get("until") else ("zone",)
    for name in ("after", *zone):
        query.pop(name, None)
    context: dict[str, Any] = {
        "page": page,
        "older": place_text(page.next_place),
        "after": place_text(place),
        "query": query.urlencode(),
        "filtered": any(query.values()),
    }
    if request.htmx:
        return unless_same(request, render(request, "monitors/incidents/_rows.html", context))
    tags = Tag.objects.values_list("name", flat=True)
    context |= {
        "service": service_of(wanted.service),
        "filter_form": IncidentFilterForm(request.GET, tags),
    }
    return render(request, "monitors/incidents/list.html", context)


@require_safe
def export(request: Request) -> StreamingHttpResponse:
    """Give the incidents of a filter as CSV, however many there are."""
    parts = csv_parts(all_incidents(incident_filter(request.GET)), timezone.now())
    response = StreamingHttpResponse(_fit_for(request, parts), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="incidents.csv"'
    return response


@require_safe
@vary_on_headers("HX-Request")
def show(request: Request, incident_id: int) -> HttpResponseBase:
    incident = get_object_or_404(Incident, pk=incident_id)
    if request.htmx:
        context = {"page": incident_page(incident, timezone.now())}
        return unless_same(request, render(request, "monitors/incidents/_live.html", context))
    return _page(request, incident)


@require_POST
def acknowledge(request: Request, incident_id: int) -> HttpResponse:
    incident = get_object_or_404(Incident, pk=incident_id)
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, acknowledge_form=form)
    who, now = request.user.get_username(), timezone.now()
    note, snooze = form.cleaned_data["note"], form.snooze()
    try:
        with gone_is_404():
            incident_response.acknowledge(incident_id, who, now, note=note, snooze=snooze)
    except incident_response.AlreadyResolved as resolved:
        messages.warning(request, str(resolved))
    return redirect("incident-show", incident_id)


@require_POST
def note(request: Request, incident_id: int) -> HttpResponse:
    incident = get_object_or_404(Incident, pk=incident_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, incident, note_form=form)
    who, now = request.user.get_username(), timezone.now()
    with gone_is_404():
        incident_response.annotate(incident_id, form.cleaned_data["note"], who, now)
    messages.success(request, "Note saved.")
    return redirect("incident-show", incident_id)


@require_POST
def reclassify(request: Request, incident_id: int) -> HttpResponse:
    incident = get_object_or_404(Incident, pk=incident_id)
    form = ReclassifyForm(request.POST)
    if form.is_valid() and _reclassified(request, incident_id, form):
        messages.success(request, "Reclassified; uptime is recalculated.")
        return redirect("incident-show", incident_id)
    return _page(request, incident, reclassify_form=form)


def _reclassified(request: Request, incident_id: int, form: ReclassifyForm) -> bool:
    start, end = form.stretch()
    try:
        with gone_is_404():
            incident_response.reclassify(
                incident_id,
                form.chosen_cause(),
                form.cleaned_data["reason"],
                request.user.get_username(),
                timezone.now(),
                start=start,
                end=end,
            )
    except incident_response.BadStretch as bad:
        form.add_error({"from": "since", "to": "until"}[bad.field], str(bad))
        return False
    return True


def _page(request: Request, incident: Incident, **bound: forms.Form) -> HttpResponse:
    """Show an incident; with a form that was refused, what is wrong with it."""
    given = {
        "acknowledge_form": AcknowledgeForm(),
        "note_form": NoteForm(initial={"note": incident.note}),
        "reclassify_form": ReclassifyForm(initial={"cause": incident.cause}),
    }
    page = incident_page(incident, timezone.now())
    context = {"page": page, **given, **bound}
    return render(request, "monitors/incidents/show.html", context, status=422 if bound else 200)


def _fit_for(request: HttpRequest, parts: Iterator[str]) -> Iterator[str] | AsyncIterator[str]:
    """Give parts that are read from the database one by one, as the kind of server reads them."""
    return _one_by_one(parts) if isinstance(request, ASGIRequest) else parts


async def _one_by_one(parts: Iterator[str]) -> AsyncIterator[str]:
    following = sync_to_async(lambda: next(parts, None))
    while (part := await following()) is not None:
        yield part
