"""The team's side of badges: list, make, switch, give a new address, delete."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitors.actions import badges
from monitors.alerts import links
from monitors.domain.badges import MAX_LABEL_LENGTH, RANGES, Figure
from monitors.interfaces.exporters.badge_snippets import Embedding, embedding
from monitors.interfaces.forms.badge import BadgeForm, read_subject
from monitors.interfaces.forms.filters import page_number
from monitors.models import Badge
from monitors.queries.badges import badges_page

from .access import Request, gone_is_404


@require_safe
def index(request: Request) -> HttpResponse:
    subject = read_subject(request.GET)
    page = badges_page(subject, page_number(request.GET))
    context = {
        "page": page,
        "rows": [(badge, _embeddings(request, badge)) for badge in page.badges],
        "query": f"{subject.kind}={subject.pk}" if subject else "",
        "ranges": RANGES,
        "max_label_length": MAX_LABEL_LENGTH,
    }
    return render(request, "monitors/badges/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = BadgeForm(data, read_subject(request.GET))
    if form.is_valid():
        with gone_is_404():
            badge = badges.create(form.chosen(), timezone.now())
        messages.success(request, f"The badge of {badge.name} is ready.")
        return _to_list(badge)
    status = 422 if form.errors else 200
    return render(request, "monitors/badges/form.html", {"form": form}, status=status)


@require_POST
def switch(request: Request, badge_id: int) -> HttpResponse:
    with gone_is_404():
        badge = badges.switch(badge_id, enabled=request.POST.get("enabled") != "off")
    state = "on" if badge.enabled else "off: its address answers “not found”"
    messages.success(request, f"The badge of {badge.name} is {state}.")
    return _to_list(badge)


@require_http_methods(["GET", "HEAD", "POST"])
def rotate(request: Request, badge_id: int) -> HttpResponse:
    badge = get_object_or_404(Badge.objects.with_subjects(), pk=badge_id)
    if request.method == "POST":
        with gone_is_404():
            badges.rotate(badge_id)
        messages.success(request, f"The badge of {badge.name} has a new address.")
        return _to_list(badge)
    return render(request, "monitors/badges/confirm_rotate.html", {"badge": badge})


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, badge_id: int) -> HttpResponse:
    badge = get_object_or_404(Badge.objects.with_subjects(), pk=badge_id)
    if request.method == "POST":
        with gone_is_404():
            badges.delete(badge_id)
        messages.success(request, f"The badge of {badge.name} is deleted.")
        return redirect("badges")
    return render(request, "monitors/badges/confirm_delete.html", {"badge": badge})


def _embeddings(request: Request, badge: Badge) -> list[Embedding]:
    if not badge.is_shown:
        return []
    found = []
    for figure in Figure:
        # The address has an ending for each format.
        path = reverse(f"public-badge-{figure}-svg", args=[badge.token]).removesuffix(".svg")
        address = links.to_badge(badge.token, figure) or request.build_absolute_uri(path)
        found.append(embedding(badge, figure, path, address))
    return found


def _to_list(badge: Badge) -> HttpResponse:
    subject = badge.subject
    return redirect(f"{reverse('badges')}?{subject.kind}={subject.pk}#badge-{badge.pk}")
