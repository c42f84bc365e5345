"""Maintenance windows, for staff: planned and taken back by the actions that the pages use."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from monitors.actions import maintenance
from monitors.actions.maintenance import NoSuchService, Over, Plan
from monitors.domain.maintenance import BadSchedule, Schedule, checked
from monitors.domain.names import checked_name
from monitors.domain.repeats import in_words
from monitors.domain.spec import BadSetting
from monitors.models import MaintenanceOccurrence, MaintenanceWindow

from .each import each


class MaintenanceWindowForm(forms.ModelForm[MaintenanceWindow]):
    class Meta:
        model = MaintenanceWindow
        fields = ("name", "starts_at", "duration_s", "time_zone", "rrule", "services", "tags")

    def clean_name(self) -> str:
        try:
            return checked_name(self.cleaned_data["name"])
        except BadSetting as bad:
            raise ValidationError(str(bad), code="invalid") from None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not {"starts_at", "duration_s", "time_zone", "rrule"} & set(self.errors):
            try:
                checked(self._schedule(), timezone.now())
            except BadSchedule as bad:
                self.add_error(bad.field, str(bad))
        return values

    def _schedule(self) -> Schedule:
        values = self.cleaned_data
        length = timedelta(seconds=values["duration_s"])
        return Schedule(values["starts_at"], length, values["rrule"], values["time_zone"])

    def plan(self) -> Plan:
        """Give what is planned; of a valid form."""
        values = self.cleaned_data
        services = frozenset(service.pk for service in values["services"])
        tags = frozenset(tag.name for tag in values["tags"])
        return Plan(
            values["name"],
            self._schedule(),
            services,
            tags,
            for_all=not services and not tags and not self.instance.orphaned,
        )


@admin.register(MaintenanceWindow)
class MaintenanceWindowAdmin(admin.ModelAdmin[MaintenanceWindow]):
    form = MaintenanceWindowForm
    list_display = ("name", "starts_at", "duration_s", "repeats", "time_zone", "created_by")
    search_fields = ("name",)
    autocomplete_fields = ("services",)
    filter_horizontal = ("tags",)
    list_per_page = 50
    actions = ("end_now",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MaintenanceWindow]:
        return super().get_queryset(request).filter(removed_at=None)

    @admin.display(description="repeats")
    def repeats(self, window: MaintenanceWindow) -> str:
        return in_words(window.rrule)

    @admin.action(description="End now", permissions=["change"])
    def end_now(self, request: HttpRequest, chosen: QuerySet[MaintenanceWindow]) -> None:
        lasting = chosen.filter(pk__in=_lasting())
        self.message_user(request, f"Ended {each(lasting, maintenance.end_now)} of them.")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (Over, NoSuchService) as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(request.get_full_path())

    def save_model(
        self,
        request: HttpRequest,
        obj: MaintenanceWindow,
        form: MaintenanceWindowForm,
        change: bool,
    ) -> None:
        now = timezone.now()
        if change:
            maintenance.edit(obj.pk, form.plan(), now)
        else:
            obj.pk = maintenance.create(form.plan(), now, request.user.get_username()).pk

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Leave services and tags alone: the action has written them."""

    def get_deleted_objects(
        self,
        objs: "QuerySet[MaintenanceWindow] | Sequence[MaintenanceWindow]",
        request: HttpRequest,
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Name the windows alone: what they have covered stays."""
        del request
        return [str(window) for window in objs], {"windows": len(objs)}, set(), []

    def delete_model(self, request: HttpRequest, obj: MaintenanceWindow) -> None:
        del request
        maintenance.delete(obj.pk, timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[MaintenanceWindow]) -> None:
        del request
        each(queryset, maintenance.delete)


def _lasting() -> QuerySet[Any]:
    return MaintenanceOccurrence.objects.at(timezone.now()).values("window")
