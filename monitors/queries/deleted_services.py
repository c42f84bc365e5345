"""Services that were deleted lately, and can be had back."""

from datetime import datetime

from django.db.models import QuerySet

from monitors.models import DeletedService
from monitors.models.deleted_service import UNDO_FOR


def recently_deleted(now: datetime) -> QuerySet[DeletedService]:
    """Give them newest first, without their rows."""
    lately = DeletedService.objects.filter(deleted_at__gt=now - UNDO_FOR)
    return lately.defer("rows").order_by("-deleted_at", "name", "service_id")
