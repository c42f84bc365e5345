"""Outages that last are told again, where somebody wants that."""

from datetime import datetime

import pytest

from monitors.actions.gathering import channels_to_gather, gather
from monitors.actions.reminders import remind
from monitors.domain.alerting import Event
from monitors.models import Alert, Channel, Incident, Message
from monitors.tests.clock import noon_plus
from monitors.tests.factories import a_channel
from monitors.tests.outages import an_outage, fate, over

pytestmark = pytest.mark.django_db

HOUR = 3_600


@pytest.fixture
def channel() -> Channel:
    return a_channel(remind_every_s=HOUR, group_s=0)


def told(outage: Alert) -> Alert:
    """Have an outage told at noon."""
    gather_all(outage.created_at)
    Message.objects.update(next_try_at=None, delivered_at=outage.created_at)
    return outage


def gather_all(now: datetime) -> None:
    for channel_id in channels_to_gather(now):
        gather(channel_id, now)


def reminders() -> list[Alert]:
    return list(Alert.objects.filter(event=Event.REMINDER.value).order_by("pk"))


def tell_reminders(now: datetime) -> None:
    gather_all(now)
    Message.objects.update(next_try_at=None, delivered_at=now)


def test_it_is_said_again_at_the_pace_of_the_channel(channel: Channel) -> None:
    told(an_outage(channel))
    assert remind(noon_plus(HOUR - 1)) == 0
    assert remind(noon_plus(HOUR)) == 1
    assert remind(noon_plus(HOUR + 1)) == 0
    tell_reminders(noon_plus(HOUR + 1))
    assert [remind(noon_plus(second)) for second in (2 * HOUR - 1, 2 * HOUR)] == [0, 1]
    first, second = reminders()
    assert (first.told_facts().number, second.told_facts().number) == (1, 2)
    assert first.told_facts().started_at == noon_plus(0)
    assert fate(first) == ("told", "")
    assert second.about == f"reminder:{second.incident_id}:2"


def test_by_default_nobody_is_reminded() -> None:
    told(an_outage(a_channel(group_s=0)))
    assert remind(noon_plus(100 * HOUR)) == 0


def test_what_was_not_told_is_not_said_again(channel: Channel) -> None:
    an_outage(channel)
    assert remind(noon_plus(HOUR)) == 0
    # In a message that has not arrived yet.
    gather_all(noon_plus(HOUR))
    assert remind(noon_plus(3 * HOUR)) == 0


def test_one_that_is_held_is_the_only_one(channel: Channel) -> None:
    told(an_outage(channel))
    remind(noon_plus(HOUR))
    assert remind(noon_plus(5 * HOUR)) == 0


def test_it_ends_with_the_outage(channel: Channel) -> None:
    outage = told(an_outage(channel))
    remind(noon_plus(HOUR))
    over(outage, noon_plus(HOUR + 1))
    gather_all(noon_plus(HOUR + 1))
    assert [fate(reminder) for reminder in reminders()] == [("over", "")]
    assert remind(noon_plus(9 * HOUR)) == 0


def test_whoever_has_acknowledged_is_left_alone(channel: Channel) -> None:
    told(an_outage(channel))
    remind(noon_plus(HOUR))
    Incident.objects.update(acknowledged_at=noon_plus(HOUR + 1))
    gather_all(noon_plus(HOUR + 2))
    assert [fate(reminder) for reminder in reminders()] == [("not_told", "")]
    assert remind(noon_plus(9 * HOUR)) == 0


def test_when_a_snooze_ends_it_is_said_once() -> None:
    told(an_outage(a_channel(group_s=0)))
    Incident.objects.update(acknowledged_at=noon_plus(60), snoozed_until=noon_plus(HOUR))
    assert [remind(noon_plus(HOUR + second)) for second in (-1, 0)] == [0, 1]
    tell_reminders(noon_plus(HOUR + 1))
    assert [fate(reminder) for reminder in reminders()] == [("told", "")]
    assert remind(noon_plus(9 * HOUR)) == 0


def test_what_was_told_first_when_a_snooze_ended_is_not_said_twice() -> None:
    outage = an_outage(a_channel(group_s=0), snoozed_until=noon_plus(HOUR))
    gather_all(noon_plus(0))
    gather_all(noon_plus(HOUR))
    Message.objects.update(next_try_at=None, delivered_at=noon_plus(HOUR))
    assert fate(outage) == ("told", "")
    assert remind(noon_plus(HOUR + 1)) == 0


def test_a_disabled_channel_is_not_reminded(channel: Channel) -> None:
    told(an_outage(channel))
    Channel.objects.update(enabled=False)
    assert remind(noon_plus(HOUR)) == 0
