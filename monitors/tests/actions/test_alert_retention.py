"""What was told is kept for a time."""

from datetime import timedelta

import pytest

from monitors.actions import outbox, retention
from monitors.actions.gathering import gather
from monitors.actions.outbox import Tried
from monitors.models import Alert, Channel, DeliveryAttempt, Incident, Message
from monitors.tests.clock import NOON
from monitors.tests.factories import a_channel
from monitors.tests.outages import ARRIVED, an_outage, over

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=365)


def deliver(channel: Channel) -> None:
    gather(channel.pk, NOON)
    messages = outbox.claim(channel.pk, 1, 10, NOON)
    outbox.note(1, [Tried(message.pk, NOON, ARRIVED) for message in messages], NOON)


def test_what_is_old_goes_with_its_message_and_attempts_and_the_incident_stays() -> None:
    channel = a_channel(group_s=0)
    outage = an_outage(channel)
    deliver(channel)
    over(outage, NOON)
    deliver(channel)
    assert (retention.expire_alerts(NOON), retention.expire_messages(NOON)) == (0, 0)
    assert (retention.expire_alerts(LATER), retention.expire_messages(LATER)) == (2, 2)
    left = [model.objects.count() for model in (Alert, Message, DeliveryAttempt, Incident)]
    assert left == [0, 0, 0, 1]


def test_what_waits_and_what_is_of_an_open_incident_stays() -> None:
    channel = a_channel(group_s=0)
    an_outage(channel)
    deliver(channel)
    an_outage(channel)
    assert (retention.expire_alerts(LATER), retention.expire_messages(LATER)) == (0, 0)
    assert Alert.objects.count() == 2
