"""Add, show, edit, pause and delete a service."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from monitors.actions import services
from monitors.domain.chart_range import LENGTHS
from monitors.domain.result import CheckResult
from monitors.domain.spec import BadSetting
from monitors.engine.check_now import Busy, try_out_sync
from monitors.interfaces.forms.clone import form_like, has_secrets
from monitors.interfaces.forms.filters import read_id
from monitors.interfaces.forms.service import ServiceForm
from monitors.interfaces.forms.service_defaults import new_form
from monitors.models import Service
from monitors.queries.channels import is_anybody_told, told_of
from monitors.queries.service_page import service_page

from .access import Request, get_service_or_404, gone_is_404

FORM = "monitors/services/form.html"


# The address too: it may have a password in it.
keep_out_of_reports = sensitive_post_parameters(
    "url", "password", "bearer_token", "secret_headers", "client_key"
)


@keep_out_of_reports
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    form = _new_form(request)
    saved = None
    if _is_save(request) and form.is_valid():
        saved = _saved(form, lambda: _create(form))
    return _answer(request, form, "Add a service", saved)


@keep_out_of_reports
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, service_id: int) -> HttpResponse:
    saved = None
    if not _is_save(request):
        service = get_service_or_404(service_id)
        title = f"Edit {service.name}"
        form = ServiceForm(request.POST or None, instance=service)
        return _answer(request, form, title, saved)
    with gone_is_404(), services.locked(service_id) as service:
        title = f"Edit {service.name}"
        form = ServiceForm(request.POST, instance=service)
        if form.is_valid():
            saved = _saved(form, lambda: _change(form))
    return _answer(request, form, title, saved)


@require_safe
@vary_on_headers("HX-Request")
def show(request: Request, service_id: int) -> HttpResponse:
    service = get_service_or_404(service_id)
    if request.htmx:
        return live(request, service)
    context = _shown(request, service)
    context |= {"told": told_of(service_id), "is_anybody_told": is_anybody_told()}
    return render(request, "monitors/services/show.html", context)


def live(request: Request, service: Service, new_check: int | None = None) -> HttpResponse:
    """Answer with the part of a service's page that refreshes itself."""
    context = _shown(request, service) | {"highlighted": new_check}
    return render(request, "monitors/services/_live.html", context)


def _shown(request: Request, service: Service) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    page = service_page(service, timezone.now(), zone, request.GET.get("range", ""))
    return {"page": page, "service": page.row, "lengths": LENGTHS}


@require_POST
def pause(request: Request, service_id: int) -> HttpResponse:
    now = timezone.now()
    with gone_is_404():
        if request.POST.get("paused") == "off":
            service = services.resume(service_id, now)
            messages.success(request, f"{service.name} is being checked again.")
        else:
            service = services.pause(service_id, now)
            messages.success(request, f"{service.name} is paused.")
    return redirect("service-show", service_id)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, service_id: int) -> HttpResponse:
    service = get_service_or_404(service_id)
    if request.method == "POST":
        with gone_is_404():
            services.delete(service.pk, timezone.now())
        messages.success(request, f"{service.name} and its history are deleted.")
        return redirect("dashboard")
    context = {"service": service, "checks_count": service.checks.count()}
    return render(request, "monitors/services/confirm_delete.html", context)


def _new_form(request: Request) -> ServiceForm:
    like = read_id(request.GET.get("like", ""))
    if request.POST or like is None:
        return new_form(request.POST or None)
    service = get_service_or_404(like)
    if has_secrets(service):
        messages.info(request, f"Secrets of {service.name} are not copied; enter them anew.")
    return form_like(service)


def _is_save(request: Request) -> bool:
    return request.method == "POST" and "test" not in request.POST


def _create(form: ServiceForm) -> Service:
    return services.create(form.settings(), form.tag_names(), timezone.now(), form.dependencies())


def _change(form: ServiceForm) -> Service:
    return services.edit(
        form.instance.pk, form.changes(), form.tag_names(), timezone.now(), form.dependencies()
    )


def _saved(form: ServiceForm, save: Callable[[], Service]) -> Service | None:
    try:
        return save()
    except services.DuplicateTarget as duplicate:
        form.add_error("url", ValidationError(str(duplicate), code="conflict"))
    return None


def _answer(request: Request, form: ServiceForm, title: str, saved: Service | None) -> HttpResponse:
    if saved is not None:
        messages.success(request, f"{saved.name} is saved.")
        return redirect("service-show", saved.pk)
    trial = _trial(form) if "test" in request.POST and form.is_valid() else None
    service = form.instance if form.instance.pk else None
    context = {"form": form, "title": title, "service": service, "trial": trial}
    return render(request, FORM, context, status=_status(form))


def _trial(form: ServiceForm) -> CheckResult | None:
    try:
        return try_out_sync(form.spec())
    except BadSetting as bad:
        form.add_error(None, str(bad))
    except Busy as busy:
        form.add_error(None, ValidationError(str(busy), code="busy"))
    return None


def _status(form: ServiceForm) -> int:
    if form.is_stale or form.has_error("url", "conflict"):
        return 409
    if form.has_error(NON_FIELD_ERRORS, "busy"):
        return 503
    return 422 if form.errors else 200
