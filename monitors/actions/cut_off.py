"""Writes that a checker is cut off and that it is not any more, and has it told."""

from datetime import datetime, timedelta

from django.db import transaction

from monitors.domain.alerting import Event, Facts, Fate
from monitors.domain.wording import duration
from monitors.models import Alert, Channel, Checker

# What is over sooner is not told.
TOLD_AFTER = timedelta(seconds=60)


def since(checker_id: int) -> list[datetime]:
    """Give since when a checker is cut off; nothing where it is not."""
    cut_off = Checker.objects.filter(pk=checker_id, cut_off_since__isnull=False)
    return [moment for moment in cut_off.values_list("cut_off_since", flat=True) if moment]


@transaction.atomic
def begin(checker_id: int, since: datetime, trouble: str, now: datetime) -> None:
    """Note that a checker is cut off, and plan to tell the channels that want to know."""
    mine = Checker.objects.filter(pk=checker_id)
    if not mine.filter(cut_off_since=None).update(cut_off_since=since):
        return
    name = mine.values_list("name", flat=True).get()
    facts = Facts(
        started_at=since,
        message=f"The checker {name} seems to be cut off: {trouble}. Nothing is judged meanwhile.",
    )
    Alert.objects.bulk_create(
        [
            Alert(
                channel=channel,
                channel_name=channel.name,
                event=Event.MONITOR.value,
                about=_about(checker_id, since),
                facts=facts.to_json(),
                created_at=now,
                due_at=now
                + max(TOLD_AFTER, timedelta(seconds=channel.group_s))
                + timedelta(seconds=channel.escalate_after_s),
            )
            for channel in Channel.objects.enabled()
            if channel.wants(Event.MONITOR)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def end(checker_id: int, now: datetime) -> None:
    """Note that a checker is not cut off any more; it is told to whom the beginning was."""
    mine = Checker.objects.select_for_update().filter(pk=checker_id, cut_off_since__isnull=False)
    for checker in mine:
        name, since = checker.name, checker.cut_off_since or now
        begun = Alert.objects.filter(event=Event.MONITOR.value, about=_about(checker_id, since))
        begun.waiting().update(fate=Fate.OVER.value)
        facts = Facts(
            started_at=since,
            resolved_at=now,
            message=(
                f"The checker {name} is not cut off any more. It was for"
                f" {duration((now - since).total_seconds())}; no service is charged with that time."
            ),
        )
        Alert.objects.bulk_create(
            [
                Alert(
                    channel_id=channel_id,
                    channel_name=channel_name,
                    event=Event.MONITOR.value,
                    about=f"{_about(checker_id, since)}:over",
                    facts=facts.to_json(),
                    created_at=now,
                    due_at=now,
                )
                for channel_id, channel_name in begun.filter(
                    fate=Fate.TOLD.value, channel__isnull=False
                ).values_list("channel", "channel_name")
            ],
            ignore_conflicts=True,
        )
    Checker.objects.filter(pk=checker_id).update(cut_off_since=None)


def _about(checker_id: int, since: datetime) -> str:
    return f"monitor:{checker_id}:{since.isoformat()}"
