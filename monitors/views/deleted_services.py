"""Services that were deleted lately, and their way back."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from monitors.actions.services import DuplicateTarget
from monitors.actions.undo import undo_delete
from monitors.interfaces.forms.filters import read_id
from monitors.models import DeletedService, Service
from monitors.queries.deleted_services import recently_deleted

from .access import Request
from .chosen_services import counted

LISTED = 500


@require_http_methods(["GET", "HEAD", "POST"])
def deleted(request: Request) -> HttpResponse:
    lately = recently_deleted(timezone.now())[:LISTED]
    if request.method != "POST":
        return render(request, "monitors/services/deleted.html", {"deleted": list(lately)})
    number = read_id(request.POST.get("id", ""))
    wanted = [service for service in lately if number in {None, service.pk}]
    if not wanted:
        messages.error(request, "That is more than ten minutes ago: it cannot be undone any more.")
        return redirect("services-deleted")
    back = _undo(request, wanted)
    if len(back) == 1:
        messages.success(request, f"{back[0].name} is back with its history.")
        return redirect("service-show", back[0].pk)
    if back:
        messages.success(request, f"{counted(len(back))} are back with their history.")
    return redirect("dashboard" if back else "services-deleted")


def _undo(request: Request, wanted: Iterable[DeletedService]) -> list[Service]:
    """Have services back; give which, and say which could not be."""
    back = []
    for service in wanted:
        try:
            back.append(undo_delete(service.pk, timezone.now()))
        except DuplicateTarget:
            messages.error(request, f"{service.name} stays deleted: its URL is monitored again.")
        except DeletedService.DoesNotExist:
            continue  # somebody else was quicker, or the time has just run out
    return back
