"""Reports: the page, and what it shows as CSV and JSON."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from monitors.domain.report_ranges import Range
from monitors.domain.report_words import summary, target_label
from monitors.interfaces.exporters.csv_text import CONTENT_TYPE
from monitors.interfaces.exporters.report_csv import report_parts
from monitors.interfaces.forms.filters import page_number
from monitors.interfaces.forms.report import BY_NAME, ReportForm
from monitors.interfaces.schemas.report import report_out
from monitors.models import Service, Tag
from monitors.queries.reports import Report, report_page, uptime_report

from .access import Request


@require_safe
def report(request: Request) -> HttpResponse:
    now = timezone.now()
    form = ReportForm(request.GET)
    context: dict[str, Any] = {
        "form": form,
        "query": _query(request),
        "tag_names": Tag.objects.values_list("name", flat=True),
        "more_services": form.list_services(),
    }
    if form.is_valid():
        context |= _shown(request, form, now)
    return render(request, "monitors/reports/show.html", context)


@require_safe
def report_csv(request: Request) -> HttpResponse:
    return _exported(request, "csv")


@require_safe
def report_json(request: Request) -> HttpResponse:
    return _exported(request, "json")


def _shown(request: Request, form: ReportForm, now: datetime) -> dict[str, Any]:
    covered, made = _made(form, now)
    page = report_page(
        made,
        number=page_number(request.GET),
        by_name=form.cleaned_data["order"] == BY_NAME,
        whole="all" in request.GET,
    )
    return {
        "range": covered,
        "page": page,
        "total": made.total,
        "total_left_s": made.total.budget_left_s(made.target_percent),
        "summary": summary(made.outcome()),
        "target": target_label(made.target_percent),
        "zone": form.place(),
        "zone_name": form.cleaned_data["zone"],
        "is_narrowed": form.is_narrowed(),
        "has_services": bool(made.lines) or Service.objects.exists(),
        "now": now,
    }


def _made(form: ReportForm, now: datetime) -> tuple[Range, Report]:
    covered = form.range(now)
    target = form.cleaned_data["target"]
    return covered, uptime_report(form.scope(), covered.start, covered.end, target, now)


def _exported(request: Request, ending: str) -> HttpResponse:
    """Give all services of a report; it is worked out whole before the first byte is sent."""
    form = ReportForm(request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text(), content_type="text/plain")
    covered, made = _made(form, timezone.now())
    first, last = (at.astimezone(form.place()) for at in (covered.start, covered.last_moment))
    response: HttpResponse = (
        HttpResponse(report_parts(made), content_type=CONTENT_TYPE)
        if ending == "csv"
        else JsonResponse(report_out(made))
    )
    name = f"uptime-{first:%Y-%m-%d}-to-{last:%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _query(request: Request) -> str:
    query = request.GET.copy()
    for name in ("page", "all"):
        query.pop(name, None)
    return query.urlencode()
