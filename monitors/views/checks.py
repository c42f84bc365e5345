"""Check now, and the history of a service."""

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from monitors.engine.check_now import Busy, ask_checkers, check_one
from monitors.interfaces.forms.filters import (
    HistoryFilterForm,
    cursor_text,
    history_filter,
    read_id,
)
from monitors.models import Service
from monitors.queries.dashboard import service_row
from monitors.queries.history import history_page

from .access import Request, get_check_or_404, get_service_or_404
from .services import live

LAG_THAT_MATTERS_MS = 10


@require_POST
async def check(request: Request, service_id: int) -> HttpResponse:
    service = await sync_to_async(get_service_or_404)(service_id)
    try:
        checked = await check_one(service)
    except Busy as busy:
        return await sync_to_async(_leave_to_checkers)(request, service, busy)
    if checked.row is None:
        messages.warning(request, f"{service.name} was deleted during the check.")
        return _go_to(request, reverse("dashboard"))
    if request.htmx:
        service = await sync_to_async(get_service_or_404)(service_id)
        return await sync_to_async(live)(request, service, checked.row.pk)
    return redirect(f"{reverse('service-history', args=[service_id])}?new={checked.row.pk}")


def _leave_to_checkers(request: Request, service: Service, busy: Busy) -> HttpResponse:
    if ask_checkers([service.pk], timezone.now()):
        words = f"Many checks are under way: {service.name} is checked next; see below in a moment."
        messages.info(request, words)
    else:
        messages.warning(request, str(busy))
    return _go_to(request, reverse("service-history", args=[service.pk]))


def _go_to(request: Request, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


@require_safe
def history(request: Request, service_id: int) -> HttpResponse:
    service = get_service_or_404(service_id)
    page = history_page(service, history_filter(request.GET))
    query = request.GET.copy()
    # A zone without a time is no filter.
    zone = () if query.get("since") or query.get("until") else ("zone",)
    for name in ("before", "after", "new", *zone):
        query.pop(name, None)
    context = {
        "service": service_row(service, timezone.now(), tags=()),
        "page": page,
        "newer": cursor_text(page.newer_cursor),
        "older": cursor_text(page.older_cursor),
        "filter_form": HistoryFilterForm(request.GET),
        "query": query.urlencode(),
        "highlighted": read_id(request.GET.get("new", "")),
    }
    return render(request, "monitors/history/list.html", context)


@require_safe
def show(request: Request, service_id: int, check_id: int) -> HttpResponse:
    check = get_check_or_404(service_id, check_id)
    context = {
        "check": check,
        "service": check.service,
        "evidence": getattr(check, "evidence", None),
        "lag_matters": check.loop_lag_ms >= LAG_THAT_MATTERS_MS,
    }
    return render(request, "monitors/history/show.html", context)
