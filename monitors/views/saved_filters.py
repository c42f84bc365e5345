"""Filters of the list that a person keeps under a name: save and delete."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from monitors.actions import saved_filters
from monitors.domain.saved_filters import NotSaved
from monitors.interfaces.forms.saved_filter import SavedFilterForm, read_query

from .access import Request, gone_is_404


@require_POST
def save(request: Request) -> HttpResponse:
    form = SavedFilterForm(request.POST)
    if form.is_valid():
        _keep(request, form.cleaned_data["name"], form.cleaned_data["query"])
    else:
        messages.error(request, form.first_error)
    return _to_list(read_query(request.POST.get("query", "")))


@require_POST
def delete(request: Request, filter_id: int) -> HttpResponse:
    with gone_is_404():
        deleted = saved_filters.delete(request.user.pk, filter_id)
    messages.success(request, f"Deleted the filter “{deleted.name}”.")
    return _to_list(deleted.query)


def _keep(request: Request, name: str, query: str) -> None:
    try:
        saved_filters.save(request.user.pk, name, query)
    except NotSaved as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Saved the filter “{name}”.")


def _to_list(query: str) -> HttpResponse:
    return redirect(f"{reverse('dashboard')}?{query}")
