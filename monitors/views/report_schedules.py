"""Reports by e-mail: list, add, edit, delete, and send one now."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitors.actions import report_schedules
from monitors.domain.alerting import ChannelKind
from monitors.interfaces.forms.report_schedule import ReportScheduleForm
from monitors.models import Channel, ReportSchedule, Tag
from monitors.queries.report_schedules import schedule_rows

from .access import Request, gone_is_404


@require_safe
def schedules(request: Request) -> HttpResponse:
    context = {"rows": schedule_rows(timezone.now()), "has_channel": _has_channel()}
    return render(request, "monitors/reports/schedules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    form = ReportScheduleForm(request.POST if request.method == "POST" else None, None)
    if form.is_valid():
        tags, services = form.cleaned_data["tags"], form.chosen()
        report_schedules.create(form.settings(), tags, services, timezone.now())
        return redirect("report-schedules")
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, schedule_id: int) -> HttpResponse:
    schedule = get_object_or_404(ReportSchedule, pk=schedule_id)
    form = ReportScheduleForm(request.POST if request.method == "POST" else None, schedule)
    if form.is_valid():
        tags, services = form.cleaned_data["tags"], form.chosen()
        with gone_is_404():
            report_schedules.edit(schedule_id, form.settings(), tags, services, timezone.now())
        return redirect("report-schedules")
    return _form_page(request, form, schedule)


@require_POST
def delete(request: Request, schedule_id: int) -> HttpResponse:
    with gone_is_404():
        report_schedules.delete(schedule_id)
    messages.success(request, "Deleted: this report is no longer sent.")
    return redirect("report-schedules")


@require_POST
def send(request: Request, schedule_id: int) -> HttpResponse:
    try:
        with gone_is_404():
            message = report_schedules.send_now(schedule_id, timezone.now())
    except report_schedules.NothingToSend as nothing:
        messages.warning(request, str(nothing))
    else:
        said = f"It is on its way to {message.channel_name}, sent by the checker that runs."
        messages.success(request, said)
    return redirect("report-schedules")


def _form_page(
    request: Request, form: ReportScheduleForm, schedule: ReportSchedule | None
) -> HttpResponse:
    context = {
        "form": form,
        "schedule": schedule,
        "more_services": form.list_services(),
        "tag_names": Tag.objects.values_list("name", flat=True),
        "has_channel": _has_channel(),
    }
    # As with every form here: what was typed wrongly is no success.
    status = 422 if form.errors else 200
    return render(request, "monitors/reports/schedule_form.html", context, status=status)


def _has_channel() -> bool:
    return Channel.objects.filter(kind=ChannelKind.EMAIL.value).exists()
