"""Wall displays, for staff: seen and deleted here, made on their own pages."""

from django.contrib import admin
from django.http import HttpRequest

from monitors.models import WallDisplay


@admin.register(WallDisplay)
class WallDisplayAdmin(admin.ModelAdmin[WallDisplay]):
    list_display = ("name", "tag", "enabled", "created_at")
    list_filter = ("enabled",)
    list_select_related = ("tag",)
    search_fields = ("name", "tag__name")
    fields = ("name", "token", "tag", "enabled", "created_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        del request, obj
        return False
