"""Messages on their way: taken, tried, noted, given up, dropped."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from monitors.actions import outbox
from monitors.actions.gathering import gather
from monitors.actions.outbox import LEASE, Tried
from monitors.domain.alerting import Attempt, Fate, Hold
from monitors.models import Alert, Channel, DeliveryAttempt, Message
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_channel
from monitors.tests.outages import ARRIVED, GONE, REFUSED, an_outage, fate, over

pytestmark = pytest.mark.django_db

ME, OTHER = 1, 2


@pytest.fixture
def channel() -> Channel:
    return a_channel(group_s=0)


def messages(channel: Channel, count: int = 1, now: datetime = NOON) -> list[Message]:
    """Have so many messages wait."""
    for number in range(count):
        an_outage(channel, now - timedelta(seconds=count - number))
        gather(channel.pk, now - timedelta(seconds=count - number))
    return list(Message.objects.order_by("pk"))


def claim(holder: int, now: datetime = NOON, limit: int = 10) -> list[Message]:
    return [
        message
        for channel_id in outbox.channels_to_send_to(now)
        for message in outbox.claim(channel_id, holder, limit, now)
    ]


def note(message: Message, attempt: Attempt, now: datetime, holder: int = ME) -> Message:
    outbox.note(holder, [Tried(message.pk, now, attempt)], now)
    message.refresh_from_db()
    return message


def test_one_takes_a_message_at_a_time_the_longest_overdue_first(channel: Channel) -> None:
    made = messages(channel, 3)
    assert claim(ME, limit=2) == made[:2]
    assert claim(OTHER) == made[2:]
    assert claim(ME) == claim(OTHER) == []


def test_what_a_dead_checker_held_is_free_when_its_lease_has_run_out(channel: Channel) -> None:
    made = messages(channel)
    claim(ME)
    assert claim(OTHER, NOON + LEASE - timedelta(seconds=0.1)) == []
    assert claim(OTHER, NOON + LEASE) == made


@pytest.mark.parametrize(
    ("change", "is_due"),
    [
        ({}, True),
        ({"due_at": noon_plus(1)}, False),
        ({"fate": Fate.DROPPED.value}, False),
        ({"hold": Hold.MAINTENANCE.value}, False),
        ({"channel": None}, False),
    ],
)
def test_an_alert_is_due_when_it_waits_for_its_time_alone(
    channel: Channel, change: dict[str, object], is_due: bool
) -> None:
    an_outage(channel)
    Alert.objects.update(due_at=NOON)
    Alert.objects.update(**change)
    assert outbox.is_anything_due(NOON) is is_due


@pytest.mark.parametrize(
    ("change", "is_due"),
    [
        ({}, True),
        ({"next_try_at": noon_plus(1)}, False),
        ({"next_try_at": None}, False),
        ({"channel": None}, False),
        ({"lease_until": NOON}, True),
        ({"lease_until": noon_plus(0.001)}, False),
        ({"lease_until": NOON + 2 * LEASE}, False),
        ({"lease_until": NOON + 2 * LEASE + timedelta(seconds=0.001)}, True),
    ],
)
def test_a_message_is_due_when_it_is_time_and_nobody_holds_it(
    channel: Channel, change: dict[str, object], is_due: bool
) -> None:
    messages(channel)
    Message.objects.update(next_try_at=NOON)
    Message.objects.update(**change)
    assert outbox.is_anything_due(NOON) is is_due


def test_what_a_checker_of_the_same_name_held_is_free_at_once(channel: Channel) -> None:
    made = messages(channel)
    claim(ME)
    outbox.release_all(OTHER)
    assert claim(ME) == []
    outbox.release_all(ME)
    assert claim(ME) == made


def test_a_lease_is_renewed_and_a_lost_one_is_not_taken_back(channel: Channel) -> None:
    made = messages(channel)
    claim(ME)
    outbox.renew(ME, [made[0].pk], noon_plus(20))
    assert claim(OTHER, noon_plus(49)) == []
    assert claim(OTHER, noon_plus(50)) == made
    outbox.renew(ME, [made[0].pk], noon_plus(60))
    outbox.release(ME, [made[0].pk])
    assert claim(ME, noon_plus(79)) == []


def test_what_arrived_is_done(channel: Channel) -> None:
    (message,) = messages(channel)
    claim(ME)
    note(message, ARRIVED, noon_plus(1))
    assert (message.delivered_at, message.next_try_at) == (noon_plus(1), None)
    assert (message.attempts, message.answer) == (1, "200 OK")
    assert claim(ME, noon_plus(7_200)) == []
    (attempt,) = DeliveryAttempt.objects.all()
    assert (attempt.message, attempt.at, attempt.delivered) == (message, noon_plus(1), True)
    assert (attempt.answer, attempt.took_ms) == ("200 OK", 12.5)


def test_a_day_of_refusals_with_growing_pauses_and_the_same_id(channel: Channel) -> None:
    (message,) = messages(channel)
    event_id, now = message.event_id, NOON
    moments: list[datetime] = []
    while claimed := claim(ME, now):
        assert [one.event_id for one in claimed] == [event_id]
        moments.append(now)
        note(message, REFUSED, now)
        now = message.next_try_at or now
    pauses = [(b - a).total_seconds() for a, b in pairwise(moments)]
    assert pauses[:10] == [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560]
    assert set(pauses[10:-1]) == {3_600}
    assert moments[-1] - moments[0] == timedelta(days=1)
    assert (message.delivered_at, message.gave_up_at) == (None, moments[-1])
    assert message.answer == "500 Internal Server Error"
    assert DeliveryAttempt.objects.count() == message.attempts == len(moments)


def test_an_hour_of_refusals_and_then_it_arrives(channel: Channel) -> None:
    (message,) = messages(channel)
    now = NOON
    while message.delivered_at is None:
        claim(ME, now)
        note(message, REFUSED if now < noon_plus(3_600) else ARRIVED, now)
        now = message.next_try_at or now
    assert noon_plus(3_600) <= message.delivered_at <= noon_plus(7_200)
    channel.refresh_from_db()
    assert (channel.deliveries, channel.failures) == (1, message.attempts - 1)


def test_a_failure_of_what_another_holds_by_now_changes_nothing_for_it(channel: Channel) -> None:
    (message,) = messages(channel)
    claim(ME)
    claim(OTHER, NOON + LEASE)
    note(message, REFUSED, noon_plus(31))
    assert message.lease_until == NOON + 2 * LEASE
    assert message.attempts == 1
    # What arrived has arrived, whoever sent it.
    note(message, ARRIVED, noon_plus(32))
    assert message.next_try_at is None
    note(message, REFUSED, noon_plus(33), holder=OTHER)
    assert message.delivered_at == noon_plus(32)
    assert message.next_try_at is None


def test_what_was_deleted_meanwhile_needs_no_note(channel: Channel) -> None:
    kept, deleted = messages(channel, 2)
    claim(ME)
    Message.objects.filter(pk=deleted.pk).delete()
    tried = [Tried(message.pk, NOON, ARRIVED) for message in (deleted, kept)]
    outbox.note(ME, tried, NOON)
    assert DeliveryAttempt.objects.get().message == kept


def test_a_webhook_that_is_gone_is_disabled_and_what_waits_for_it_dropped(
    channel: Channel,
) -> None:
    first, second = messages(channel, 2)
    waiting = an_outage(channel)
    claim(ME)
    note(first, GONE, NOON)
    assert (first.next_try_at, first.gave_up_at) == (None, NOON)
    second.refresh_from_db()
    assert (second.next_try_at, second.answer) == (None, "The channel was disabled: 410 Gone")
    assert fate(waiting) == ("dropped", "")
    channel.refresh_from_db()
    assert (channel.enabled, channel.disabled_reason) == (False, "410 Gone")


def test_other_kinds_are_not_disabled_by_one_refusal() -> None:
    mail = a_channel(kind="email", target="ada@example.org", group_s=0)
    first, second = messages(mail, 2)
    claim(ME)
    note(first, GONE, NOON)
    second.refresh_from_db()
    assert second.next_try_at is not None
    assert Channel.objects.get().enabled


def test_a_channel_that_is_deleted_takes_what_waits_with_it(channel: Channel) -> None:
    other = a_channel("other", group_s=0)
    (message,) = messages(channel)
    messages(other)
    waiting, recovery = an_outage(channel), over(Alert.objects.earliest("pk"), NOON)
    outbox.drop_channel(channel, "The channel was deleted.", noon_plus(1))
    channel.delete()
    assert fate(waiting) == fate(recovery) == ("dropped", "")
    message.refresh_from_db()
    assert (message.channel, message.channel_name) == (None, "Channel")
    assert (message.next_try_at, message.answer) == (None, "The channel was deleted.")
    assert [one.channel for one in claim(ME)] == [other]


def test_what_was_under_way_when_its_channel_was_dropped(channel: Channel) -> None:
    lost, arrived = messages(channel, 2)
    claim(ME)
    outbox.drop_channel(channel, "The channel was deleted.", noon_plus(1))
    note(lost, REFUSED, noon_plus(2))
    assert (lost.next_try_at, lost.answer) == (None, "The channel was deleted.")
    note(arrived, ARRIVED, noon_plus(2))
    assert (arrived.delivered_at, arrived.gave_up_at) == (noon_plus(2), None)


def test_a_clock_that_was_set_back_an_hour_holds_nothing_up() -> None:
    channel = a_channel(group_s=30)
    alert = an_outage(channel, noon_plus(3_600))
    untried, tried = messages(a_channel("other", group_s=0), 2, noon_plus(3_600))
    claim(ME, noon_plus(3_600))
    note(tried, REFUSED, noon_plus(3_600))
    # The lease is of a time to come, and still does not count.
    assert outbox.pull_forward(NOON) == 3
    assert set(claim(OTHER)) == {untried, tried}
    alert.refresh_from_db()
    assert alert.due_at == noon_plus(30)
    assert outbox.pull_forward(NOON) == 0
