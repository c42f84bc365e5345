"""Incidents and what was reclassified, for staff: seen here, and acted on from their pages."""

from django.contrib import admin

from monitors.models import Exclusion, Incident, IncidentEvent

from .service import ReadOnly


class EventInline(ReadOnly, admin.TabularInline[IncidentEvent, Incident]):
    model = IncidentEvent
    ordering = ("at", "id")
    extra = 0


@admin.register(Incident)
class IncidentAdmin(ReadOnly, admin.ModelAdmin[Incident]):
    list_display = (
        "service_name",
        "started_at",
        "resolved_at",
        "reason",
        "message",
        "cause",
        "acknowledged_by",
    )
    list_filter = ("cause", "ending", "reason")
    search_fields = ("service_name", "message")
    ordering = ("-started_at", "-id")
    inlines = (EventInline,)
    show_full_result_count = False
    list_per_page = 50


@admin.register(Exclusion)
class ExclusionAdmin(ReadOnly, admin.ModelAdmin[Exclusion]):
    list_display = ("service", "started_at", "ended_at", "cause", "reason", "actor", "created_at")
    list_filter = ("cause",)
    search_fields = ("service__name", "reason")
    list_select_related = ("service",)
    ordering = ("-id",)
    show_full_result_count = False
    list_per_page = 50
