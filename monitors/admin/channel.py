"""Channels, for staff: by the rules of the site, and with no secret shown."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from monitors.actions import channels
from monitors.interfaces.forms.channel import ChannelForm
from monitors.interfaces.forms.channel_fields import GROUPS
from monitors.models import Channel

from .each import each


class ChannelAdminForm(ChannelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.list_services()


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin[Channel]):
    form = ChannelAdminForm
    list_display = ("name", "kind", "enabled", "events", "group_s", "created_at")
    list_filter = ("kind", "enabled", "tags")
    search_fields = ("name",)
    list_per_page = 50
    actions = ("enable", "disable")

    def get_fieldsets(self, request: HttpRequest, obj: Channel | None = None) -> Any:
        """Show the target to nobody who may only look: the admin would write it out."""
        if obj is not None and not self.has_change_permission(request, obj):
            return ((None, {"fields": self.list_display}),)
        first = ("Channel", {"fields": ("name", "kind", "target", "enabled")})
        return (first, *((title, {"fields": names}) for title, _, names in GROUPS))

    def get_form(
        self, request: HttpRequest, obj: Channel | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            kwargs["form"] = ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Channel | None:
        """Hold a channel that is to be changed: the admin has begun a transaction for it."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        return Channel.objects.select_for_update().filter(pk=found.pk).first()

    @admin.action(description="Enable", permissions=["change"])
    def enable(self, request: HttpRequest, chosen: QuerySet[Channel]) -> None:
        self.message_user(request, f"Enabled {each(chosen, channels.enable)} channels.")

    @admin.action(description="Disable", permissions=["change"])
    def disable(self, request: HttpRequest, chosen: QuerySet[Channel]) -> None:
        self.message_user(request, f"Disabled {each(chosen, channels.disable)} channels.")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except channels.DuplicateName as duplicate:
            # Somebody has taken the name after the form had been found to be good.
            self.message_user(request, str(duplicate), messages.ERROR)
            return redirect(request.get_full_path())

    def save_model(
        self, request: HttpRequest, obj: Channel, form: ChannelForm, change: bool
    ) -> None:
        """Save by the same action that the pages use."""
        now, tags, services = timezone.now(), form.tag_names(), form.service_ids()
        if change:
            channels.edit(obj.pk, form.changes(), tags, services, now)
            return
        created = channels.create(form.settings(), tags or (), services or (), now)
        obj.pk = created.pk
        if created.signing_secret:
            told = "Its page on the site makes a signing secret that is shown to you."
            self.message_user(request, told)

    def get_deleted_objects(
        self, objs: "QuerySet[Channel] | Sequence[Channel]", request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name the channels alone: what they were told is not deleted with them."""
        del request
        return [str(channel) for channel in objs], {"channels": len(objs)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Channel) -> None:
        del request
        channels.delete(obj.pk, timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Channel]) -> None:
        del request
        each(queryset, channels.delete)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Leave tags and services alone: the action has written them."""
