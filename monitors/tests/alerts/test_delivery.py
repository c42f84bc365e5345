"""The loop that tells, with real receivers and the real thread of the database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection, connections
from pytest_django import DjangoAssertNumQueries

from monitors.actions import outbox
from monitors.alerts.delivery import TO_A_CHANNEL, Delivery, tell_once
from monitors.loops.companion import Berth
from monitors.models import Alert, Channel, DeliveryAttempt, Message
from monitors.tests.factories import a_channel
from monitors.tests.outages import an_outage
from monitors.tests.receiver import Receiver, receiver

from .messages import SECRET

pytestmark = pytest.mark.django_db(transaction=True)

ME = 7


@pytest.fixture(autouse=True)
async def _no_connection_left() -> AsyncIterator[None]:
    yield
    # That of the thread in which the tests themselves read and write.
    await sync_to_async(connections.close_all)()


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


@pytest.fixture
def hanging() -> Iterator[Receiver]:
    with receiver() as server:
        server.hold = Event()
        yield server


def a_hook(server: Receiver, name: str = "Ops", **settings: Any) -> Channel:
    return a_channel(name, target=server.url, signing_secret=SECRET, **({"group_s": 0} | settings))


def outages(channel: Channel, count: int) -> list[Alert]:
    return [an_outage(channel, datetime.now(UTC)) for _ in range(count)]


def begin() -> tuple[Delivery, "asyncio.Task[None]"]:
    delivery = Delivery(Berth(ME, asyncio.Event(), lambda: None))
    return delivery, asyncio.create_task(delivery.run())


async def end(delivery: Delivery, running: "asyncio.Task[None]") -> None:
    delivery.berth.stop.set()
    await running
    await delivery.close()


async def until(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    async with asyncio.timeout(within_s):
        while not await sync_to_async(condition)():  # noqa: ASYNC110 - the database is asked
            await asyncio.sleep(0.02)


def all_arrived() -> bool:
    return not Alert.objects.exclude(message__delivered_at__isnull=False).exists()


async def test_what_is_due_is_sent_once_and_noted(hook: Receiver) -> None:
    await sync_to_async(lambda: outages(a_hook(hook), 30))()
    delivery, running = begin()
    await until(all_arrived)
    await end(delivery, running)
    ids = {one.headers["webhook-id"] for one in hook.received}
    assert (len(hook.received), len(ids)) == (30, 30)
    attempts = DeliveryAttempt.objects.values_list("delivered", "answer")
    assert {row async for row in attempts} == {(True, "204 No Content")}


async def test_a_receiver_that_hangs_holds_no_other_up(hook: Receiver, hanging: Receiver) -> None:
    def queue() -> None:
        outages(a_hook(hanging, "hanging"), 100)
        outages(a_hook(hook), 10)

    await sync_to_async(queue)()
    delivery, running = begin()
    await until(lambda: len(hook.received) == 10)
    await until(lambda: len(hanging.received) == TO_A_CHANNEL)
    began = asyncio.get_running_loop().time()
    await end(delivery, running)
    assert asyncio.get_running_loop().time() - began < 1.5
    assert len(hanging.received) == TO_A_CHANNEL
    # What was under way, and what waited for a place, is free for whoever comes next.
    assert not await Message.objects.filter(lease_until__isnull=False).aexists()
    assert await Message.objects.waiting().acount() == 100


async def test_what_was_sent_while_the_database_was_away_is_noted_and_not_sent_again(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync_to_async(lambda: outages(a_hook(hook), 3))()
    real, failures = outbox.note, iter([OperationalError("the server went away")])

    def note(*words: Any) -> None:
        for failure in failures:
            raise failure
        real(*words)

    monkeypatch.setattr(outbox, "note", note)
    delivery, running = begin()
    await until(all_arrived)
    await end(delivery, running)
    assert len(hook.received) == 3
    assert await DeliveryAttempt.objects.acount() == 3


async def test_a_message_that_cannot_be_written_keeps_no_other(hook: Receiver) -> None:
    def queue() -> None:
        broken, *_ = outages(a_hook(hook), 3)
        Alert.objects.filter(pk=broken.pk).update(facts={"started_at": "once upon a time"})

    await sync_to_async(queue)()
    await tell_once(for_s=10)
    assert len(hook.received) == 2
    message = await Message.objects.aget(delivered_at=None)
    assert message.answer == "internal error: ValueError"
    assert message.next_try_at is not None


async def test_once_tells_what_is_due_and_no_more(hook: Receiver) -> None:
    def queue() -> None:
        outages(a_hook(hook), 2)
        outages(a_hook(hook, "grouped", group_s=60), 1)

    await sync_to_async(queue)()
    await tell_once(for_s=10)
    assert len(hook.received) == 2
    assert await Alert.objects.waiting().acount() == 1


def test_a_turn_that_finds_nothing_asks_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    delivery = Delivery(Berth(ME, asyncio.Event(), lambda: None))
    # The first time it looks for what a program before it has left, and what is held.
    delivery._take({})
    # PostgreSQL is asked for the time, too.
    with django_assert_num_queries(2 if connection.vendor == "postgresql" else 1):
        delivery._take({})
