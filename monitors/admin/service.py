"""Services and their log, for staff."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from monitors.actions import services
from monitors.domain.result import Status
from monitors.domain.searching import words_of
from monitors.engine.check_now import Busy, Checked, ask_checkers, check_few_sync
from monitors.interfaces.forms.service import ServiceForm
from monitors.interfaces.forms.service_fields import GROUPS, HIDDEN
from monitors.models import Period, Service, ServiceStatus
from monitors.queries.dashboard import shown_state

from .each import each

# More take too long for one request: they are left to the checkers.
CHECKED_HERE = 10


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin[Service]):
    form = ServiceForm
    list_display = (
        "name",
        "url",
        "state_now",
        "state_since",
        "last_checked_at",
        "last_response_time_ms",
        "interval_s",
        "paused",
    )
    list_filter = ("state", "paused", "tags", "last_reason")
    # Only says that there is a search; what is found says get_search_results.
    search_fields = ("name", "url")
    list_per_page = 50
    actions = ("check_now", "pause", "resume")

    def get_fieldsets(self, request: HttpRequest, obj: Service | None = None) -> Any:
        """Show the list's columns to whoever may only look: Django would write every field out.

        Secrets too: they are hidden by the form, which is not shown then.
        """
        if obj is not None and not self.has_change_permission(request, obj):
            return ((None, {"fields": self.list_display}),)
        return tuple((title, {"fields": names}) for title, _, names in (*GROUPS, ("", "", HIDDEN)))

    def get_form(
        self, request: HttpRequest, obj: Service | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            kwargs["form"] = ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Service], search_term: str
    ) -> tuple[QuerySet[Service], bool]:
        """Search as the dashboard does."""
        del request
        found = Service.objects.matching(words_of(search_term))
        return queryset.filter(pk__in=found.values("pk")), False

    @admin.display(description="state", ordering="state")
    def state_now(self, service: Service) -> str:
        """Show the state as the dashboard does: UNKNOWN where nobody has looked lately."""
        return shown_state(service, timezone.now()).label

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Service | None:
        """Hold a service that is to be changed: the admin has begun a transaction for it."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        return Service.objects.select_for_update().filter(pk=found.pk).first()

    @admin.action(description="Check now", permissions=["change"])
    def check_now(self, request: HttpRequest, chosen: QuerySet[Service]) -> None:
        if len(chosen) <= CHECKED_HERE:
            with suppress(Busy):
                self._checked(request, check_few_sync(list(chosen)))
                return
        self._asked(request, ask_checkers([service.pk for service in chosen], timezone.now()))

    def _checked(self, request: HttpRequest, found: Sequence[Checked]) -> None:
        down = sum(checked.result.status is Status.DOWN for checked in found)
        level = messages.WARNING if down else messages.SUCCESS
        self.message_user(request, f"Checked {len(found)} services: {down} down.", level)

    def _asked(self, request: HttpRequest, count: int) -> None:
        if count:
            self.message_user(request, f"{count} services are checked next.")
        else:
            told = (
                "Nothing was checked: no checker is running, and without one at most"
                f" {CHECKED_HERE} services can be checked at a time."
            )
            self.message_user(request, told, messages.WARNING)

    @admin.action(description="Pause", permissions=["change"])
    def pause(self, request: HttpRequest, chosen: QuerySet[Service]) -> None:
        self.message_user(request, f"Paused {each(chosen, services.pause)} services.")

    @admin.action(description="Resume", permissions=["change"])
    def resume(self, request: HttpRequest, chosen: QuerySet[Service]) -> None:
        self.message_user(request, f"Resumed {each(chosen, services.resume)} services.")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except services.DuplicateTarget as duplicate:
            # Somebody has added the address after the form had been found to be good.
            self.message_user(request, str(duplicate), messages.ERROR)
            return redirect(request.get_full_path())

    def save_model(
        self, request: HttpRequest, obj: Service, form: ServiceForm, change: bool
    ) -> None:
        """Save by the same action that the pages use."""
        del request
        now = timezone.now()
        if change:
            services.edit(obj.pk, form.changes(), form.tag_names(), now, form.dependencies())
        else:
            created = services.create(form.settings(), form.tag_names(), now, form.dependencies())
            obj.pk = created.pk

    def get_deleted_objects(
        self, objs: "QuerySet[Service] | Sequence[Service]", request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name the services alone: what goes with each is too much to read, and is its own."""
        del request
        return [str(service) for service in objs], {"services": len(objs)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Service) -> None:
        del request
        services.delete(obj.pk, timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        del request
        each(queryset, services.delete)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Leave the tags alone: the action has written them."""


class ReadOnly:
    """Rows that only the program writes."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        del request, obj
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        del request, obj
        return False


@admin.register(ServiceStatus)
class ServiceStatusAdmin(ReadOnly, admin.ModelAdmin[ServiceStatus]):
    list_display = (
        "service",
        "checked_at",
        "status",
        "reason",
        "response_time_ms",
        "status_code",
        "message",
    )
    list_filter = ("status", "reason")
    search_fields = ("service__name", "service__url", "message")
    list_select_related = ("service",)
    ordering = ("-id",)
    show_full_result_count = False
    list_per_page = 50


@admin.register(Period)
class PeriodAdmin(ReadOnly, admin.ModelAdmin[Period]):
    list_display = ("service", "state", "started_at", "ended_at")
    list_filter = ("state",)
    search_fields = ("service__name",)
    list_select_related = ("service",)
    ordering = ("-id",)
    show_full_result_count = False


admin.site.site_header = admin.site.site_title = "Uptime Site"
