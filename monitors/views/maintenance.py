"""Maintenance: what lasts and what is to come, plan it, change it, end it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitors.actions import maintenance
from monitors.actions.maintenance import NoSuchService, Over
from monitors.interfaces.forms.filters import read_id
from monitors.interfaces.forms.maintenance import MaintenanceForm
from monitors.models import MaintenanceWindow
from monitors.queries.maintenance_list import maintenance_page

from .access import Request, gone_is_404

FORM = "monitors/maintenance/form.html"
PREVIEW = "monitors/maintenance/_preview.html"


@require_safe
def listing(request: Request) -> HttpResponse:
    skip_past = min(read_id(request.GET.get("past", "")) or 0, 1_000_000)
    page = maintenance_page(timezone.now(), skip_past)
    return render(request, "monitors/maintenance/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    now = timezone.now()
    form = MaintenanceForm(
        request.POST or None, now, service_id=read_id(request.GET.get("service", ""))
    )
    if _is_save(request) and form.is_valid():
        try:
            window = maintenance.create(form.plan(), now, request.user.username)
        except NoSuchService as gone:
            form.add_error("services", str(gone))
        else:
            messages.success(request, f"{window.name} is planned.")
            return redirect("maintenance")
    return _answer(request, form, "Plan maintenance")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, window_id: int) -> HttpResponse:
    now = timezone.now()
    window = _window_or_404(window_id)
    form = MaintenanceForm(request.POST or None, now, window)
    if _is_save(request) and form.is_valid():
        try:
            with gone_is_404():
                maintenance.edit(window_id, form.plan(), now)
        except NoSuchService as gone:
            form.add_error("services", str(gone))
        except Over as over:
            form.add_error(None, str(over))
        else:
            messages.success(request, f"{form.cleaned_data['name']} is saved.")
            return redirect("maintenance")
    return _answer(request, form, f"Edit {window.name}", window)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, window_id: int) -> HttpResponse:
    window = _window_or_404(window_id)
    if request.method == "POST":
        with gone_is_404():
            maintenance.delete(window_id, timezone.now())
        messages.success(request, f"{window.name} is deleted. Time it covered stays covered.")
        return redirect("maintenance")
    return render(request, "monitors/maintenance/confirm_delete.html", {"window": window})


@require_POST
def end(request: Request, window_id: int) -> HttpResponse:
    with gone_is_404():
        try:
            window = maintenance.end_now(window_id, timezone.now())
        except Over:
            messages.warning(request, "This maintenance is over already.")
        else:
            messages.success(
                request, f"{window.name} has ended. Services that still fail are alerted now."
            )
    service_id = read_id(request.POST.get("service", ""))
    return redirect("service-show", service_id) if service_id else redirect("maintenance")


@require_POST
def start(request: Request, service_id: int) -> HttpResponse:
    with gone_is_404():
        maintenance.start_now(service_id, timezone.now(), request.user.username)
    messages.success(request, "In maintenance for an hour. Checks continue, alerts are held.")
    return redirect("service-show", service_id)


def _window_or_404(window_id: int) -> MaintenanceWindow:
    return get_object_or_404(MaintenanceWindow, pk=window_id, removed_at=None)


def _is_save(request: Request) -> bool:
    return request.method == "POST" and "preview" not in request.POST


def _answer(
    request: Request, form: MaintenanceForm, title: str, window: MaintenanceWindow | None = None
) -> HttpResponse:
    if request.htmx:
        return render(request, PREVIEW, {"form": form})
    context = {"form": form, "title": title, "window": window}
    return render(request, FORM, context, status=422 if form.errors else 200)
