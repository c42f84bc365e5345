"""Badges, for staff: seen and deleted here, made on their own pages."""

from django.contrib import admin
from django.http import HttpRequest

from monitors.models import Badge


@admin.register(Badge)
class BadgeAdmin(admin.ModelAdmin[Badge]):
    list_display = ("name", "service", "tag", "status_page", "enabled", "created_at")
    list_filter = ("enabled",)
    list_select_related = ("service", "tag", "status_page")
    search_fields = ("service__name", "tag__name", "status_page__title")
    fields = ("token", "service", "tag", "status_page", "enabled", "created_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        del request, obj
        return False
