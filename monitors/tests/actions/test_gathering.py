"""What becomes of alerts whose time has come."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from monitors.actions import outbox
from monitors.actions.gathering import channels_to_gather, gather
from monitors.actions.outbox import Tried
from monitors.domain.alerting import Event
from monitors.models import Alert, Channel, MaintenanceWindow, Message
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_channel
from monitors.tests.outages import ARRIVED, REFUSED, an_outage, fate, over

pytestmark = pytest.mark.django_db

OVER, TOLD, NOT_TOLD, DROPPED = (("over", ""), ("told", ""), ("not_told", ""), ("dropped", ""))
WAITING = ("waiting", "")
HOLDER = 1


def gather_all(now: datetime) -> None:
    for channel_id in channels_to_gather(now):
        gather(channel_id, now)


def deliver_all(now: datetime) -> list[Message]:
    """Deliver what is due, and give it."""
    sent = []
    for channel_id in outbox.channels_to_send_to(now):
        sent += outbox.claim(channel_id, HOLDER, 100, now)
    outbox.note(HOLDER, [Tried(message.pk, now, ARRIVED) for message in sent], now)
    return sent


def told() -> list[tuple[str, int]]:
    """Give the messages there are, each with the number of its alerts."""
    return [(message.event, message.alerts.count()) for message in Message.objects.order_by("pk")]


def test_what_fails_within_half_a_minute_is_one_message() -> None:
    channel = a_channel(group_s=30)
    for second in (0, 10, 29.9):
        an_outage(channel, noon_plus(second))
    gather_all(noon_plus(29.9))
    assert told() == []
    gather_all(noon_plus(30))
    assert told() == [("down", 3)]
    an_outage(channel, noon_plus(31))
    gather_all(noon_plus(61))
    assert told() == [("down", 3), ("down", 1)]


def test_without_grouping_each_is_its_own_message_at_once() -> None:
    channel = a_channel(group_s=0)
    for _ in range(3):
        an_outage(channel)
    gather_all(NOON)
    assert told() == [("down", 1)] * 3
    ids = set(Message.objects.values_list("event_id", flat=True))
    assert len(ids) == 3
    assert all(event_id.startswith("msg_") for event_id in ids)


def test_nothing_is_told_twice_however_often_it_is_looked_at() -> None:
    an_outage(a_channel())
    for second in (30, 30, 31, 3_600):
        gather_all(noon_plus(second))
    assert told() == [("down", 1)]


def test_channels_are_told_apart() -> None:
    for number in range(2):
        an_outage(a_channel(f"c{number}"))
    gather_all(noon_plus(30))
    assert [message.channel_name for message in Message.objects.order_by("pk")] == ["c0", "c1"]


def test_of_a_blip_nobody_hears() -> None:
    outage = an_outage(a_channel())
    recovery = over(outage, noon_plus(20))
    gather_all(noon_plus(60))
    assert told() == []
    assert [fate(alert) for alert in (outage, recovery)] == [OVER, OVER]


def test_a_recovery_is_told_after_its_outage_has_arrived() -> None:
    outage = an_outage(a_channel())
    gather_all(noon_plus(30))
    recovery = over(outage, noon_plus(31))
    (message,) = outbox.claim(outage.channel_id or 0, HOLDER, 10, noon_plus(31))
    gather_all(noon_plus(61))
    assert fate(recovery) == WAITING
    assert recovery.due_at == noon_plus(62)
    # It fails, and is to be tried again in five seconds: so long the recovery need not be asked.
    outbox.note(HOLDER, [Tried(message.pk, noon_plus(62), REFUSED)], noon_plus(62))
    gather_all(noon_plus(62))
    assert fate(recovery) == WAITING
    assert recovery.due_at == noon_plus(67)
    deliver_all(noon_plus(67))
    gather_all(noon_plus(67))
    assert fate(recovery) == TOLD
    assert told() == [("down", 1), ("up", 1)]


def test_a_recovery_is_told_where_its_outage_has_been_given_up() -> None:
    outage = an_outage(a_channel())
    gather_all(noon_plus(30))
    recovery = over(outage, noon_plus(31))
    Message.objects.update(next_try_at=None, gave_up_at=noon_plus(31))
    gather_all(noon_plus(61))
    assert fate(recovery) == TOLD


def test_a_recovery_that_the_channel_does_not_want() -> None:
    channel = a_channel(events=["down"])
    outage = an_outage(channel)
    gather_all(noon_plus(30))
    deliver_all(noon_plus(30))
    recovery = over(outage, noon_plus(40))
    gather_all(noon_plus(70))
    assert fate(recovery) == DROPPED


def test_what_a_channel_does_not_want_any_more_is_dropped() -> None:
    outage = an_outage(a_channel())
    Channel.objects.update(events=["up"])
    gather_all(noon_plus(30))
    assert fate(outage) == DROPPED
    recovery = over(outage, noon_plus(40))
    gather_all(noon_plus(70))
    assert fate(recovery) == DROPPED
    assert told() == []


def test_nothing_is_told_to_a_disabled_channel() -> None:
    outage = an_outage(a_channel())
    Channel.objects.update(enabled=False)
    gather_all(noon_plus(30))
    assert fate(outage) == DROPPED
    assert channels_to_gather(noon_plus(60)) == []


class TestEscalation:
    def channel(self) -> Channel:
        return a_channel(escalate_after_s=300)

    def test_it_is_told_when_nobody_has_acknowledged_in_time(self) -> None:
        outage = an_outage(self.channel())
        gather_all(noon_plus(329))
        assert fate(outage) == WAITING
        gather_all(noon_plus(330))
        assert fate(outage) == TOLD

    def test_what_was_acknowledged_in_time_is_not_told_and_neither_is_its_recovery(self) -> None:
        outage = an_outage(self.channel(), acknowledged_at=noon_plus(299))
        gather_all(noon_plus(330))
        assert fate(outage) == NOT_TOLD
        recovery = over(outage, noon_plus(400))
        gather_all(noon_plus(430))
        assert fate(recovery) == NOT_TOLD
        assert told() == []

    def test_what_was_well_again_before_is_over(self) -> None:
        outage = an_outage(self.channel())
        recovery = over(outage, noon_plus(100))
        gather_all(noon_plus(130))
        assert [fate(alert) for alert in (outage, recovery)] == [OVER, OVER]

    def test_what_waits_to_be_escalated_does_not_go_along_with_what_is_told(self) -> None:
        channel = self.channel()
        first, second = an_outage(channel), an_outage(channel, noon_plus(200))
        third = an_outage(channel, noon_plus(10))
        gather_all(noon_plus(330))
        assert [fate(alert) for alert in (first, second, third)] == [TOLD, WAITING, TOLD]
        assert told() == [("down", 2)]

    def test_acknowledged_or_not_a_channel_that_is_told_at_once_is_told(self) -> None:
        outage = an_outage(a_channel(), acknowledged_at=noon_plus(5))
        gather_all(noon_plus(30))
        assert fate(outage) == TOLD


class TestSnooze:
    def test_what_is_snoozed_waits_and_is_told_when_that_ends(self) -> None:
        outage = an_outage(a_channel(), snoozed_until=noon_plus(600))
        gather_all(noon_plus(30))
        assert fate(outage) == ("waiting", "snoozed")
        gather_all(noon_plus(600))
        assert fate(outage) == TOLD
        assert told() == [("down", 1)]
        # It was held, so it is not late, and the monitor did not stand still.
        assert Message.objects.get().extra == {}

    def test_what_is_over_before_is_not_told(self) -> None:
        outage = an_outage(a_channel(), snoozed_until=noon_plus(600))
        gather_all(noon_plus(30))
        recovery = over(outage, noon_plus(60))
        gather_all(noon_plus(90))
        assert [fate(alert) for alert in (outage, recovery)] == [OVER, OVER]


class TestMaintenance:
    def test_what_was_down_before_waits_until_it_ends(self) -> None:
        outage = an_outage(a_channel())
        window = MaintenanceWindow.objects.create(
            name="Move", starts_at=noon_plus(10), duration_s=600, created_at=NOON
        )
        window.occurrences.create(starts_at=noon_plus(10), ends_at=noon_plus(610))
        gather_all(noon_plus(30))
        assert fate(outage) == ("waiting", "maintenance")
        gather_all(noon_plus(610))
        assert fate(outage) == TOLD


class TestQuietHours:
    """From an hour before noon to an hour after it, at first."""

    END = noon_plus(3_600)

    def channel(self, **settings: Any) -> Channel:
        return a_channel(quiet_from=time(11), quiet_until=time(13), **settings)

    def test_what_happens_is_told_at_their_end_in_one_message(self) -> None:
        channel = self.channel(group_s=0)
        lasting, ended = an_outage(channel), an_outage(channel, noon_plus(5))
        gather_all(noon_plus(10))
        recovery = over(ended, noon_plus(1_000))
        gather_all(self.END - timedelta(seconds=1))
        alerts = (lasting, ended, recovery)
        assert [fate(alert) for alert in alerts] == [("waiting", "quiet")] * 3
        gather_all(self.END)
        assert [fate(alert) for alert in alerts] == [TOLD] * 3
        assert told() == [("digest", 3)]
        assert Message.objects.get().extra == {"text": "This was kept back during quiet hours."}

    def test_of_a_blip_nobody_hears(self) -> None:
        outage = an_outage(self.channel())
        recovery = over(outage, noon_plus(20))
        gather_all(noon_plus(60))
        gather_all(self.END)
        assert [fate(alert) for alert in (outage, recovery)] == [OVER, OVER]

    def test_one_event_alone_keeps_its_name(self) -> None:
        channel = self.channel(group_s=0)
        for _ in range(2):
            an_outage(channel)
        gather_all(NOON)
        gather_all(self.END)
        assert told() == [("down", 2)]

    def test_some_events_break_through(self) -> None:
        outage = an_outage(self.channel(breaks_through=["down"]))
        gather_all(noon_plus(30))
        deliver_all(noon_plus(30))
        assert fate(outage) == TOLD
        recovery = over(outage, noon_plus(60))
        gather_all(noon_plus(90))
        assert fate(recovery) == ("waiting", "quiet")
        gather_all(self.END)
        assert fate(recovery) == TOLD
        assert told() == [("down", 1), ("up", 1)]

    def test_a_recovery_that_breaks_through_does_not_come_before_its_outage(self) -> None:
        outage = an_outage(self.channel(breaks_through=["up"]))
        gather_all(noon_plus(30))
        recovery = over(outage, noon_plus(60))
        gather_all(noon_plus(90))
        assert told() == []
        gather_all(self.END)
        assert [fate(alert) for alert in (outage, recovery)] == [TOLD, TOLD]
        assert told() == [("digest", 2)]

    def test_what_ends_just_before_they_do_is_told_with_its_recovery(self) -> None:
        outage = an_outage(self.channel())
        gather_all(noon_plus(30))
        recovery = over(outage, self.END - timedelta(seconds=1))
        gather_all(self.END)
        assert [fate(alert) for alert in (outage, recovery)] == [TOLD, TOLD]
        assert told() == [("digest", 2)]


class TestStandstill:
    def test_what_nobody_looked_at_for_long_is_one_message_that_says_so(self) -> None:
        channel = a_channel(group_s=0)
        for second in (0, 60, 120):
            an_outage(channel, noon_plus(second))
        fresh = an_outage(channel, noon_plus(3_600))
        gather_all(noon_plus(3_600))
        assert told() == [("down", 3), ("down", 1)]
        stale, new = Message.objects.order_by("pk")
        assert stale.extra == {"standstill_s": 3_600}
        assert (new.extra, new.alerts.get()) == ({}, fresh)

    def test_less_than_ten_minutes_are_none(self) -> None:
        channel = a_channel(group_s=0)
        for _ in range(2):
            an_outage(channel)
        gather_all(noon_plus(599))
        assert told() == [("down", 1)] * 2

    def test_messages_that_nobody_has_touched_are_told_together_too(self) -> None:
        channel = a_channel(group_s=0)
        outages = [an_outage(channel) for _ in range(4)]
        gather_all(NOON)
        (tried,) = outbox.claim(channel.pk, HOLDER, 1, NOON)
        gather(channel.pk, noon_plus(600))
        assert told() == [("down", 1), ("down", 3)]
        # That which somebody has taken may have arrived, under its name.
        assert Message.objects.filter(pk=tried.pk, event_id=tried.event_id).exists()
        assert Message.objects.exclude(pk=tried.pk).get().extra == {"told_late": True}
        assert [fate(outage) for outage in outages] == [TOLD] * 4

    def test_what_was_over_is_not_told(self) -> None:
        outage = an_outage(a_channel())
        over(outage, noon_plus(7_000))
        gather_all(noon_plus(7_200))
        assert fate(outage) == OVER
        assert told() == []


def test_an_alert_of_no_incident_is_told() -> None:
    channel = a_channel(events=[Event.MONITOR.value])
    Alert.objects.create(
        channel=channel,
        channel_name=channel.name,
        event=Event.MONITOR.value,
        about="monitor:x",
        created_at=NOON,
        due_at=NOON,
    )
    gather_all(NOON)
    assert told() == [("monitor", 1)]


@pytest.mark.parametrize("count", [1, 3])
def test_many_alerts_take_as_many_queries_as_one(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    channel = a_channel()
    for _ in range(count):
        over(an_outage(channel), noon_plus(1))
        an_outage(channel)
    with django_assert_num_queries(13):
        gather(channel.pk, noon_plus(40))
    assert told() == [("down", count)]
