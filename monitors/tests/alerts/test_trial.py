"""“Send a test”, over each kind of channel there is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from standardwebhooks import Webhook

from monitors.alerts.channels import CHANNELS
from monitors.alerts.channels.base import BadTarget, destination
from monitors.alerts.trial import send_test
from monitors.domain.alerting import Attempt, ChannelKind
from monitors.models import Channel, DeliveryAttempt, Message
from monitors.tests.clock import NOON
from monitors.tests.mailbox import mailbox
from monitors.tests.receiver import receiver

from .messages import SECRET, a_channel

pytestmark = pytest.mark.django_db


@contextmanager
def by_mail(settings: Any) -> Iterator[tuple[str, Callable[[], int]]]:
    with mailbox() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        yield "ops@example.com", lambda: len(box.mails)


@contextmanager
def by_webhook(settings: Any) -> Iterator[tuple[str, Callable[[], int]]]:
    with receiver() as hook:
        yield hook.url, lambda: len(hook.received)


@contextmanager
def by_apprise(settings: Any) -> Iterator[tuple[str, Callable[[], int]]]:
    with receiver() as hook:
        hook.status = 200
        yield f"json://127.0.0.1:{hook.port}/", lambda: len(hook.received)


REACHED = {
    ChannelKind.EMAIL: by_mail,
    ChannelKind.WEBHOOK: by_webhook,
    ChannelKind.APPRISE: by_apprise,
}
NOBODY = {
    ChannelKind.EMAIL: "ops@example.com",
    ChannelKind.WEBHOOK: "http://127.0.0.1:9/",
    ChannelKind.APPRISE: "json://127.0.0.1:9/",
}


def tried(channel: Channel) -> Attempt:
    return async_to_sync(send_test)(channel.pk, datetime.now(UTC))


def test_every_kind_there_is_has_its_module() -> None:
    assert set(CHANNELS) == set(ChannelKind)


@pytest.mark.parametrize("kind", ChannelKind)
def test_a_test_arrives_and_is_stored(kind: ChannelKind, settings: Any) -> None:
    with REACHED[kind](settings) as (target, count):
        attempt = tried(a_channel(kind, target=CHANNELS[kind].clean(target), enabled=False))
        assert (attempt.delivered, count()) == (True, 1)
    message = Message.objects.get()
    stored = DeliveryAttempt.objects.get()
    assert message.event == "test"
    assert message.answer == stored.answer == attempt.answer
    assert message.delivered_at is not None
    assert message.next_try_at is None
    assert (stored.delivered, stored.took_ms) == (True, attempt.took_ms)


@pytest.mark.parametrize("kind", ChannelKind)
def test_a_test_that_does_not_arrive_says_so_and_is_not_tried_again(
    kind: ChannelKind, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    attempt = tried(a_channel(kind, target=NOBODY[kind]))
    assert not attempt.delivered
    assert "refused" in attempt.answer
    message = Message.objects.get()
    assert message.answer == attempt.answer
    assert message.gave_up_at is not None
    assert not Message.objects.waiting().exists()


@pytest.mark.parametrize("kind", ChannelKind)
@pytest.mark.parametrize("typed", ["", "\x00", "a b\r\nc", "x" * 100_000, "\u202e", "{{ 7 }}"])
def test_every_kind_refuses_nonsense_with_a_sentence(kind: ChannelKind, typed: str) -> None:
    with pytest.raises(BadTarget) as refused:
        CHANNELS[kind].clean(typed)
    assert str(refused.value).isprintable()
    assert 10 < len(str(refused.value)) < 400


def test_secrets_that_cannot_be_read_are_told(settings: Any) -> None:
    channel = a_channel()
    settings.SECRET_KEY = "another key, with which nothing was encrypted"
    assert "SECRET_KEY has changed" in tried(channel).answer
    with pytest.raises(BadTarget):
        destination(Channel.objects.get(), NOON)


def test_the_command_prints_the_answer() -> None:
    with receiver() as hook:
        channel = a_channel(name="Ops", target=hook.url)
        for given in ("Ops", str(channel.pk)):
            out = StringIO()
            call_command("send_test_alert", given, stdout=out)
            assert out.getvalue().startswith("Delivered to “Ops” in ")
            assert out.getvalue().endswith(" ms: 204 No Content\n")
        got = hook.received[1]
    assert Webhook(SECRET).verify(got.body, got.headers)["type"] == "monitor.test"


def test_the_command_goes_by_the_name_first() -> None:
    with receiver() as hook:
        other = a_channel(target="http://127.0.0.1:9/")
        a_channel(name=str(other.pk), target=hook.url)
        call_command("send_test_alert", str(other.pk), stdout=StringIO())
        assert len(hook.received) == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("Ops", "Not delivered to “Ops”: connection refused by 127.0.0.1 port 9"),
        ("nobody", "There is no channel “nobody”."),
        ("9" * 30, f"There is no channel “{'9' * 30}”."),
        ("²", "There is no channel “²”."),
    ],
)
def test_the_command_fails_with_a_sentence(given: str, sentence: str) -> None:
    a_channel(name="Ops", target="http://127.0.0.1:9/")
    with pytest.raises(CommandError) as failed:
        call_command("send_test_alert", given)
    assert str(failed.value) == sentence
