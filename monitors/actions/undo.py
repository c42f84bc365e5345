"""Have back what was deleted lately."""

from datetime import datetime

from django.db import transaction

from monitors.models import (
    Channel,
    DeletedService,
    HourToRedo,
    LogToDelete,
    MaintenanceWindow,
    ReportSchedule,
    Service,
)
from monitors.models.deleted_service import KEPT_FOR, UNDO_FOR

from . import services
from .kept_rows import put_back
from .rollups import SETTLES_AFTER, hour_of
from .services import DuplicateTarget


def undo_delete(service_id: int, now: datetime) -> Service:
    """Put a service back with its history; it is checked again unless it was paused.

    In between it was paused. Raises DeletedService.DoesNotExist where it is too late, and
    DuplicateTarget where its address is monitored again.
    """
    with transaction.atomic():
        lately = DeletedService.objects.filter(deleted_at__gt=now - UNDO_FOR)
        deleted = lately.select_for_update().get(pk=service_id)
        taken = Service.objects.filter(url_key=deleted.url_key)
        if taken.exists() or Service.objects.filter(pk=service_id).exists():
            raise DuplicateTarget
        put_back(deleted.rows, service_id)
        for kind in (Channel, MaintenanceWindow, ReportSchedule):
            kind.objects.filter(services=service_id, orphaned=True).update(orphaned=False)
        LogToDelete.objects.filter(pk=service_id).delete()
        _sum_up_again(deleted.deleted_at, now)
        deleted.delete()
        if not deleted.was_paused:
            return services.resume(service_id, now)
        return Service.objects.get(pk=service_id)


def forget_deleted(now: datetime) -> None:
    """Delete what can be had back no longer."""
    DeletedService.objects.filter(deleted_at__lt=now - KEPT_FOR).delete()


def _sum_up_again(deleted_at: datetime, now: datetime) -> None:
    """Have the hours summed up anew that were summed up while the service was not there."""
    hours = {hour_of(deleted_at), hour_of(deleted_at - SETTLES_AFTER)}
    HourToRedo.objects.bulk_create(
        HourToRedo(starts_at=hour) for hour in sorted(hours) if hour < hour_of(now)
    )
