"""Profiles, for staff: seen and reset here, filled in by the person on their own page."""

from django.contrib import admin
from django.http import HttpRequest

from monitors.models import Profile


@admin.register(Profile)
class ProfileAdmin(admin.ModelAdmin[Profile]):
    list_display = ("user", "time_zone", "theme")
    list_select_related = ("user",)
    list_filter = ("theme",)
    search_fields = ("user__username", "user__email", "time_zone")

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Profile | None = None) -> bool:
        """A profile goes with its account: whoever may delete that is not held up by it."""
        may_delete_accounts = request.user.has_perm("auth.delete_user")
        return may_delete_accounts or super().has_delete_permission(request, obj)
