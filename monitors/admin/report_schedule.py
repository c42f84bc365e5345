"""Reports by e-mail, for staff: seen and deleted here, made on their page."""

from django.contrib import admin
from django.http import HttpRequest

from monitors.models import ReportSchedule


@admin.register(ReportSchedule)
class ReportScheduleAdmin(admin.ModelAdmin[ReportSchedule]):
    list_display = ("name", "channel", "every", "time_zone", "enabled", "last_sent_for")
    list_select_related = ("channel",)
    list_filter = ("every", "enabled")
    search_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        del request, obj
        return False
