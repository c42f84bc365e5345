"""Status pages, for staff: seen and deleted here, made on their own pages."""

from django.contrib import admin
from django.http import HttpRequest

from monitors.models import StatusPage


@admin.register(StatusPage)
class StatusPageAdmin(admin.ModelAdmin[StatusPage]):
    list_display = ("title", "slug", "visibility", "published", "created_at")
    list_filter = ("visibility", "published")
    search_fields = ("title", "slug")

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        del request, obj
        return False
