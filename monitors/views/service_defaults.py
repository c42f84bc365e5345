"""What new services begin with."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from monitors.actions import service_defaults
from monitors.interfaces.forms.service_defaults import DefaultsForm

from .access import Request


@require_http_methods(["GET", "HEAD", "POST"])
def defaults(request: Request) -> HttpResponse:
    if "reset" in request.POST:
        service_defaults.keep({})
        messages.success(request, "New services begin with the built-in defaults.")
        return redirect("service-defaults")
    form = DefaultsForm(request.POST.dict() if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        service_defaults.keep(form.values())
        messages.success(request, "The defaults are saved. Existing services stay as they are.")
        return redirect("service-add")
    status = 422 if form.is_bound else 200
    return render(request, "monitors/services/defaults.html", {"form": form}, status=status)
