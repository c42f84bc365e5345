"""Whatever happens in whatever order: what the outbox promises holds."""

from collections.abc import Callable
from datetime import time, timedelta
from random import Random
from typing import Any

import pytest

from monitors.actions import outbox
from monitors.actions.gathering import channels_to_gather, gather
from monitors.actions.outbox import Tried
from monitors.actions.reminders import remind
from monitors.domain.alerting import Event, Fate
from monitors.models import Alert, Incident, Message
from monitors.tests.clock import NOON
from monitors.tests.factories import a_channel
from monitors.tests.outages import ARRIVED, REFUSED, an_outage, over

pytestmark = pytest.mark.django_db

STEPS = 60
HOLDERS = (1, 2)


class World:
    """A channel, its outages, and checkers that tell of them or die."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = NOON
        self.channel = a_channel(**self.settings())
        self.ids: dict[int, str] = {}
        """The ids under which alerts were sent."""

    def settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "group_s": self.random.choice([0, 30]),
            "escalate_after_s": self.random.choice([0, 0, 120]),
            "remind_every_s": self.random.choice([0, 300]),
        }
        if self.random.random() < 0.5:
            settings |= {"quiet_from": time(12, 5), "quiet_until": time(12, 20)}
            settings["breaks_through"] = self.random.choice([[], ["up"], ["down"]])
        return settings

    def live(self) -> None:
        things: list[Callable[[], object]] = [
            self.break_something,
            self.mend_something,
            self.acknowledge,
            self.gather,
            self.deliver,
            self.deliver,
        ]
        for _ in range(STEPS):
            pause = self.random.choice([0, 1, 5, 31, 31, 90, 700])
            self.now += timedelta(seconds=pause)
            self.random.choice(things)()

    def settle(self) -> None:
        """Mend everything, and let everything arrive."""
        while self.mend_something():
            pass
        until = self.now + timedelta(days=2)
        while Alert.objects.waiting().exists() or Message.objects.waiting().exists():
            assert self.now < until, "something waits for ever"
            self.gather()
            self.deliver(luck=1.0)
            self.now += timedelta(minutes=10)

    def break_something(self) -> None:
        an_outage(self.channel, self.now)

    def mend_something(self) -> bool:
        lasting = Alert.objects.filter(
            event=Event.DOWN.value, incident__resolved_at=None
        ).select_related("incident", "channel")
        if chosen := self.random.choice([None, *lasting]) or lasting.first():
            over(chosen, self.now)
        return chosen is not None

    def acknowledge(self) -> None:
        lasting = list(Incident.objects.open())
        if lasting:
            incident = self.random.choice(lasting)
            snoozed_until = self.random.choice([None, self.now + timedelta(seconds=200)])
            Incident.objects.filter(pk=incident.pk).update(
                acknowledged_at=self.now, snoozed_until=snoozed_until
            )

    def gather(self) -> None:
        with_held = self.random.random() < 0.5
        remind(self.now)
        for channel_id in channels_to_gather(self.now, with_held=with_held):
            gather(channel_id, self.now, with_held=with_held)

    def deliver(self, luck: float = 0.5) -> None:
        holder = self.random.choice(HOLDERS)
        messages = outbox.claim(self.channel.pk, holder, self.random.randint(1, 5), self.now)
        for message in messages:
            self.assert_in_order(message)
            self.assert_under_one_id(message)
        if self.random.random() < luck:
            outcome = ARRIVED if self.random.random() < luck else REFUSED
            tried = [Tried(message.pk, self.now, outcome) for message in messages]
            outbox.note(holder, tried, self.now)

    def assert_in_order(self, message: Message) -> None:
        for recovery in message.alerts.filter(event=Event.UP.value):
            outage = self.outage_of(recovery)
            assert outage.fate == Fate.TOLD.value
            assert outage.message is not None
            assert outage.message == message or outage.message.next_try_at is None

    def assert_under_one_id(self, message: Message) -> None:
        for alert in message.alerts.all():
            assert self.ids.setdefault(alert.pk, message.event_id) == message.event_id

    def outage_of(self, recovery: Alert) -> Alert:
        return Alert.objects.get(event=Event.DOWN.value, incident=recovery.incident)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_promised_holds(seed: int) -> None:
    world = World(seed)
    world.live()
    world.settle()
    for recovery in Alert.objects.filter(event=Event.UP.value):
        # Whoever was told of an outage is told of its end, and nobody else.
        assert recovery.fate == world.outage_of(recovery).fate
    assert all(message.alerts.exists() for message in Message.objects.all())
