"""The team's side of wall displays: list, add, switch, give a new address, delete."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitors.actions import wall_displays
from monitors.alerts import links
from monitors.interfaces.forms.wall_display import WallDisplayForm
from monitors.models import WallDisplay
from monitors.queries.wall import displays

from .access import Request, gone_is_404


@require_safe
def index(request: Request) -> HttpResponse:
    rows = [(display, _address(request, display)) for display in displays()]
    return render(request, "monitors/wall_displays/list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    form = WallDisplayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        tag = form.cleaned_data["tag"]
        with gone_is_404():
            display = wall_displays.create(
                form.cleaned_data["name"], tag.pk if tag else None, timezone.now()
            )
        messages.success(request, f"The wall display {display.name} is ready.")
        return _to_list(display)
    status = 422 if form.errors else 200
    return render(request, "monitors/wall_displays/form.html", {"form": form}, status=status)


@require_POST
def switch(request: Request, display_id: int) -> HttpResponse:
    with gone_is_404():
        display = wall_displays.switch(display_id, enabled=request.POST.get("enabled") != "off")
    state = "on" if display.enabled else "off: its address answers “not found”"
    messages.success(request, f"The wall display {display.name} is {state}.")
    return _to_list(display)


@require_http_methods(["GET", "HEAD", "POST"])
def rotate(request: Request, display_id: int) -> HttpResponse:
    display = get_object_or_404(WallDisplay, pk=display_id)
    if request.method == "POST":
        with gone_is_404():
            wall_displays.rotate(display_id)
        messages.success(request, f"The wall display {display.name} has a new address.")
        return _to_list(display)
    return render(request, "monitors/wall_displays/confirm_rotate.html", {"display": display})


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, display_id: int) -> HttpResponse:
    display = get_object_or_404(WallDisplay, pk=display_id)
    if request.method == "POST":
        with gone_is_404():
            wall_displays.delete(display_id)
        messages.success(request, f"The wall display {display.name} is deleted.")
        return redirect("wall-displays")
    return render(request, "monitors/wall_displays/confirm_delete.html", {"display": display})


def _address(request: Request, display: WallDisplay) -> str:
    path = reverse("public-wall", args=[display.token])
    return links.to_wall(display.token) or request.build_absolute_uri(path)


def _to_list(display: WallDisplay) -> HttpResponse:
    return redirect(f"{reverse('wall-displays')}#display-{display.pk}")
