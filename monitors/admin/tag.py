"""Tags, for staff."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from monitors.actions import tags
from monitors.models import Tag

from .each import each


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin[Tag]):
    search_fields = ("name",)

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        del request
        tags.delete(obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        del request
        each(queryset, lambda pk, _: tags.delete(pk))
