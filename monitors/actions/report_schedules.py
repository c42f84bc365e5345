"""Add, edit and delete schedules of reports, and put what they mail into the outbox."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from monitors.domain.alerting import REPORT
from monitors.domain.report_ranges import Every
from monitors.models import Channel, Message, ReportSchedule, Service, Tag
from monitors.queries.report_mail import report_mail


class NothingToSend(Exception):  # noqa: N818 - reads as what it is at every raise
    """There is nobody to send a report to, or nothing to send; its text is a sentence."""


def create(
    settings: Mapping[str, Any], tags: Sequence[str], services: Collection[int], now: datetime
) -> ReportSchedule:
    """Add a schedule; it begins with the first week or month whose mail is not due yet."""
    schedule = ReportSchedule(**settings, created_at=now)
    schedule.last_sent_for = _newest_due(schedule, now)
    with transaction.atomic():
        schedule.save(force_insert=True)
        _set_scope(schedule, tags, services)
    return schedule


def edit(
    schedule_id: int,
    settings: Mapping[str, Any],
    tags: Sequence[str],
    services: Collection[int],
    now: datetime,
) -> ReportSchedule:
    """Change a schedule. Raises ReportSchedule.DoesNotExist.

    One that was disabled, or comes at other times now, begins anew: nothing is made up for.
    """
    with transaction.atomic():
        schedule = ReportSchedule.objects.select_for_update().get(pk=schedule_id)
        every, sent_for = schedule.every, schedule.last_sent_for
        before = (schedule.enabled, every, schedule.time_zone)
        for name, value in settings.items():
            setattr(schedule, name, value)
        if before != (schedule.enabled, schedule.every, schedule.time_zone):
            begun = _newest_due(schedule, now)
            # What was mailed by the clocks of one place is not mailed again by those of another.
            schedule.last_sent_for = max(begun, sent_for) if schedule.every == every else begun
        schedule.save()
        _set_scope(schedule, tags, services)
    return schedule


def delete(schedule_id: int) -> None:
    """Raises ReportSchedule.DoesNotExist."""
    ReportSchedule.objects.get(pk=schedule_id).delete()


def send_now(schedule_id: int, now: datetime) -> Message:
    """Mail the newest week or month that is due; what comes by itself still comes.

    Raises NothingToSend, and ReportSchedule.DoesNotExist.
    """
    schedule = ReportSchedule.objects.get(pk=schedule_id)
    if schedule.orphaned:
        raise NothingToSend("Its services are deleted: choose others, or a tag.")
    said = report_mail(schedule, _newest_due(schedule, now), now)
    with transaction.atomic():
        channel = _held(schedule.channel_id)
        if channel is None:
            raise NothingToSend("Its channel is disabled: nothing is sent to it.")
        return _put_into_outbox(channel, said, now)


def send_next_due(now: datetime) -> bool:
    """Mail one report whose time has come; tell whether there was any.

    Each week and month goes into the outbox at most once, whoever else tries: where several have
    passed meanwhile, only the newest.
    """
    for schedule in ReportSchedule.objects.running():
        first_day = _newest_due(schedule, now)
        if first_day > schedule.last_sent_for:
            said = report_mail(schedule, first_day, now)
            if _take(schedule, first_day, said, now):
                return True
    return False


def _take(
    schedule: ReportSchedule, first_day: date, said: Mapping[str, Any], now: datetime
) -> bool:
    """Put a report into the outbox, unless somebody else has, or its settings have changed."""
    with transaction.atomic():
        channel = _held(schedule.channel_id)
        mine = ReportSchedule.objects.running().select_for_update(of=("self",))
        present = mine.filter(pk=schedule.pk).first()
        if channel is None or present is None or _decisive(present) != _decisive(schedule):
            return False
        present.last_sent_for = first_day
        present.save(update_fields=["last_sent_for"])
        _put_into_outbox(channel, said, now)
    return True


def _decisive(schedule: ReportSchedule) -> tuple[object, ...]:
    """Give what says whom to send the report of which days."""
    return (schedule.channel_id, schedule.every, schedule.time_zone, schedule.last_sent_for)


def _held(channel_id: int) -> Channel | None:
    """Hold a channel that is enabled: nobody disables it meanwhile, and leaves a message behind."""
    channels = Channel.objects.enabled().select_for_update(no_key=True)
    return channels.filter(pk=channel_id).first()


def _put_into_outbox(channel: Channel, said: Mapping[str, Any], now: datetime) -> Message:
    return Message.objects.create(
        channel=channel,
        channel_name=channel.name,
        event=REPORT,
        event_id=f"msg_{uuid4().hex}",
        extra={"report": said},
        created_at=now,
        next_try_at=now,
    )


def _newest_due(schedule: ReportSchedule, now: datetime) -> date:
    return Every(schedule.every).newest_due(now, schedule.zone())


def _set_scope(schedule: ReportSchedule, tags: Sequence[str], services: Collection[int]) -> None:
    Tag.objects.bulk_create((Tag(name=name) for name in tags), ignore_conflicts=True)
    schedule.tags.set(Tag.objects.filter(name__in=tags))
    schedule.services.set(Service.objects.filter(pk__among=services))
    # All that were chosen may have been deleted meanwhile: then it is for none, and not for all.
    orphaned = bool(services) and not tags and not schedule.services.exists()
    if orphaned != schedule.orphaned:
        schedule.orphaned = orphaned
        schedule.save(update_fields=["orphaned"])
