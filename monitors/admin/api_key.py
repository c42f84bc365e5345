"""API keys, for staff: seen and revoked here, made on the keys page."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from monitors.actions import api_keys
from monitors.models import ApiKey

from .each import each


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    list_display = ("name", "owner", "prefix", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("owner",)
    fields = list_display
    # What is revoked stays so.
    readonly_fields = list_display
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        self.message_user(request, f"Revoked {each(chosen, api_keys.revoke)} keys.")
