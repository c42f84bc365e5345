"""The team's side of status pages: list, make, change, delete, and post on them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from monitors.actions import status_pages
from monitors.interfaces.forms.filters import read_id
from monitors.interfaces.forms.status_page import NoticeForm, PostForm, StatusPageForm
from monitors.models import StatusNotice, StatusPage
from monitors.queries.public_pages import latest_notices
from monitors.queries.status_pages import drafted, page_rows, untold_incidents

from . import public
from .access import Request, gone_is_404


@require_safe
def index(request: Request) -> HttpResponse:
    return render(request, "monitors/status_pages/list.html", {"rows": page_rows()})


@require_safe
def show(request: Request, page_id: int) -> HttpResponse:
    page = get_object_or_404(StatusPage, pk=page_id)
    context = {
        "page": page,
        "notices": latest_notices(page),
        "untold": untold_incidents(page),
        "components": page.components.count(),
    }
    return render(request, "monitors/status_pages/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    form = StatusPageForm(request.POST if request.method == "POST" else None, None)
    if form.is_valid():
        try:
            page = status_pages.create(form.settings(), form.shown(), timezone.now())
        except status_pages.DuplicateSlug:
            _is_taken(form)
        else:
            messages.success(request, f"{page.title} is saved. Name and group its services here.")
            return redirect("status-page-edit", page.pk)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, page_id: int) -> HttpResponse:
    page = get_object_or_404(StatusPage, pk=page_id)
    form = StatusPageForm(request.POST if request.method == "POST" else None, page)
    if form.is_valid():
        try:
            with gone_is_404():
                status_pages.edit(page_id, form.settings(), form.shown())
        except status_pages.DuplicateSlug:
            _is_taken(form)
        else:
            public.forget()
            messages.success(request, f"{form.cleaned_data['title']} is saved.")
            return redirect("status-page-show", page_id)
    return _form_page(request, form, page)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, page_id: int) -> HttpResponse:
    page = get_object_or_404(StatusPage, pk=page_id)
    if request.method == "POST":
        with gone_is_404():
            status_pages.delete(page_id)
        public.forget()
        messages.success(request, f"{page.title} and its posts are deleted.")
        return redirect("status-pages")
    context = {"page": page, "notices": page.notices.count()}
    return render(request, "monitors/status_pages/confirm_delete.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_notice(request: Request, page_id: int) -> HttpResponse:
    page = get_object_or_404(StatusPage, pk=page_id)
    initial = drafted(page, read_id(request.GET.get("incident", "")))
    form = NoticeForm(request.POST if request.method == "POST" else None, page, initial)
    if form.is_valid():
        with gone_is_404():
            status_pages.open_notice(
                page_id,
                form.draft(),
                form.stage_given(),
                form.cleaned_data["text"],
                request.user.get_username(),
                timezone.now(),
            )
        public.forget()
        messages.success(request, "It is on the page.")
        return redirect("status-page-show", page_id)
    context = {"form": form, "page": page}
    status = 422 if form.errors else 200
    return render(request, "monitors/status_pages/notice_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: Request, page_id: int, notice_id: int) -> HttpResponse:
    found = get_object_or_404(StatusNotice, pk=notice_id, page_id=page_id)
    form = PostForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with gone_is_404():
            status_pages.post(
                notice_id,
                form.stage_given(),
                form.cleaned_data["text"],
                request.user.get_username(),
                timezone.now(),
            )
        public.forget()
        messages.success(request, "It is on the page.")
        return redirect("status-page-show", page_id)
    context = {
        "form": form,
        "page": found.page,
        "notice": found,
        "posts": found.posts.order_by("-at", "-pk"),
    }
    status = 422 if form.errors else 200
    return render(request, "monitors/status_pages/notice.html", context, status=status)


def _is_taken(form: StatusPageForm) -> None:
    form.add_error("slug", ValidationError("Another page has this address.", code="conflict"))


def _form_page(request: Request, form: StatusPageForm, page: StatusPage | None) -> HttpResponse:
    context = {"form": form, "page": page, "more_services": form.list_services()}
    status = 409 if form.has_error("slug", "conflict") else 422 if form.errors else 200
    return render(request, "monitors/status_pages/form.html", context, status=status)
