"""Add, show, edit, pause and delete a service."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from monitors.actions import services
from monitors.engine.check_now import try_out_sync
from monitors.interfaces.forms.service import ServiceForm
from monitors.models import Service
from monitors.queries.response_times import RANGES
from monitors.queries.service_page import service_page

from .access import Request, get_service_or_404

FORM = "monitors/services/form.html"


# The address too: it may have a password in it.
keep_out_of_reports = sensitive_post_parameters("url", "password", "bearer_token", "secret_headers")


@keep_out_of_reports
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    return _form(request, None, "Add a service")


@keep_out_of_reports
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, service_id: int) -> HttpResponse:
    service = get_service_or_404(service_id)
    return _form(request, service, f"Edit {service.name}")


@require_safe
@vary_on_headers("HX-Request")
def show(request: Request, service_id: int) -> HttpResponse:
    wanted = request.GET.get("range", "")
    page = service_page(get_service_or_404(service_id), timezone.now(), wanted)
    template = "_live.html" if request.htmx else "show.html"
    context = {"page": page, "service": page.row, "ranges": RANGES}
    return render(request, f"monitors/services/{template}", context)


@require_POST
def pause(request: Request, service_id: int) -> HttpResponse:
    service = get_service_or_404(service_id)
    if request.POST.get("paused") == "off":
        services.resume(service.pk, timezone.now())
        messages.success(request, f"{service.name} is being checked again.")
    else:
        services.pause(service.pk, timezone.now())
        messages.success(request, f"{service.name} is paused.")
    return redirect("service-show", service_id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, service_id: int) -> HttpResponse:
    service = get_service_or_404(service_id)
    if request.method == "POST":
        services.delete(service.pk, timezone.now())
        messages.success(request, f"{service.name} and its history are deleted.")
        return redirect("dashboard")
    context = {"service": service, "checks_count": service.checks.count()}
    return render(request, "monitors/services/confirm_delete.html", context)


def _form(request: Request, service: Service | None, title: str) -> HttpResponse:
    form = ServiceForm(request.POST or None, instance=service)
    context = {"form": form, "title": title, "service": service, "trial": None}
    if not form.is_valid():
        return render(request, FORM, context, status=422 if form.is_bound else 200)
    if "test" in request.POST:
        context["trial"] = try_out_sync(form.spec())
        return render(request, FORM, context)
    try:
        saved = _save(form, service)
    except services.DuplicateTarget as duplicate:
        form.add_error("url", str(duplicate))
        return render(request, FORM, context, status=409)
    messages.success(request, f"{saved.name} is saved.")
    return redirect("service-show", saved.pk)


def _save(form: ServiceForm, service: Service | None) -> Service:
    now = timezone.now()
    if service is None:
        return services.create(form.settings(), form.tag_names(), now)
    return services.edit(service.pk, form.settings(), form.tag_names(), now)
