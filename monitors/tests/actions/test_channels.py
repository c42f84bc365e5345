import base64
from datetime import timedelta
from typing import Any

import pytest

from monitors.actions import channels, services
from monitors.domain.alerting import Event, Fate
from monitors.models import Alert, Channel, Message, Tag
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_channel, a_service

pytestmark = pytest.mark.django_db

LATER = noon_plus(60)
WEBHOOK = {"name": "Hook", "kind": "webhook", "target": "https://hook.example/"}
EMAIL = {"name": "Mail", "kind": "email", "target": "ada@example.com"}


def what_waits(channel: Channel) -> tuple[Alert, Message]:
    """Make an alert that waits for its time, and a message that waits to be sent."""
    alert = Alert.objects.create(
        channel=channel,
        channel_name=channel.name,
        event=Event.DOWN.value,
        about="incident:1",
        created_at=NOON,
        due_at=noon_plus(30),
    )
    message = Message.objects.create(
        channel=channel,
        channel_name=channel.name,
        event=Event.DOWN.value,
        event_id="msg_1",
        created_at=NOON,
        next_try_at=noon_plus(5),
    )
    return alert, message


def fates(alert: Alert, message: Message) -> tuple[str, Any, str]:
    alert.refresh_from_db()
    message.refresh_from_db()
    return alert.fate, message.next_try_at, message.answer


def test_a_webhook_gets_a_key_to_sign_with() -> None:
    one, other = (
        channels.create(WEBHOOK | {"name": name}, [], [], NOON) for name in ("One", "Other")
    )
    kind, _, key = str(one.signing_secret).partition("_")
    assert (kind, len(base64.b64decode(key, validate=True))) == ("whsec", 32)
    assert one.signing_secret != other.signing_secret
    assert channels.create(EMAIL, [], [], NOON).signing_secret == ""


def test_tags_and_services_say_what_it_is_for() -> None:
    Tag.objects.create(name="web")
    service = a_service()
    made = channels.create(EMAIL, ["web", "db"], [service.pk, 999], NOON)
    assert [tag.name for tag in made.tags.all()] == ["db", "web"]
    assert list(made.services.all()) == [service]


def test_a_channel_whose_services_are_deleted_is_for_none_until_it_is_said_otherwise() -> None:
    service = a_service()
    made = channels.create(EMAIL, [], [service.pk], NOON)
    services.delete(service.pk, LATER)

    def is_orphaned(tags: list[str] | None, chosen: list[int] | None) -> bool:
        return channels.edit(made.pk, {}, tags, chosen, LATER).orphaned

    assert [is_orphaned(None, None), is_orphaned([], None), is_orphaned([], [])] == [
        True,
        True,
        False,
    ]
    assert is_orphaned([], [service.pk])
    assert not is_orphaned(["web"], None)
    assert not is_orphaned([], None)


def test_a_name_is_taken_once() -> None:
    a_channel("Mail")
    with pytest.raises(channels.DuplicateName):
        channels.create(EMAIL, [], [], NOON)
    other = a_channel("Other")
    with pytest.raises(channels.DuplicateName):
        channels.edit(other.pk, {"name": "Mail"}, None, None, NOON)
    assert Channel.objects.count() == 2


def test_an_edit_changes_only_what_is_given() -> None:
    service = a_service()
    made = channels.create(WEBHOOK, ["web"], [service.pk], NOON)
    channels.edit(made.pk, {"group_s": 0}, None, None, LATER)
    found = Channel.objects.get()
    assert (found.group_s, found.name, found.target) == (0, "Hook", "https://hook.example/")
    assert found.signing_secret == made.signing_secret
    assert ([tag.name for tag in found.tags.all()], found.services.count()) == (["web"], 1)
    channels.edit(made.pk, {}, [], [], LATER)
    assert (found.tags.count(), found.services.count()) == (0, 0)


@pytest.mark.parametrize(
    ("act", "answer"),
    [
        (lambda pk: channels.disable(pk, LATER), "The channel was disabled."),
        (
            lambda pk: channels.edit(pk, {"enabled": False}, None, None, LATER),
            "The channel was disabled.",
        ),
        (lambda pk: channels.delete(pk, LATER), "The channel was deleted."),
    ],
)
def test_what_waits_for_a_channel_that_is_gone_is_dropped(act: Any, answer: str) -> None:
    channel, other = a_channel(), a_channel("Other")
    waiting, others = (
        what_waits(channel),
        Alert.objects.create(
            channel=other, event="down", about="incident:1", created_at=NOON, due_at=NOON
        ),
    )
    act(channel.pk)
    assert fates(*waiting) == (Fate.DROPPED.value, None, answer)
    others.refresh_from_db()
    assert others.fate == Fate.WAITING.value


def test_what_was_told_stays_when_its_channel_is_deleted() -> None:
    channel = a_channel()
    alert, message = what_waits(channel)
    Alert.objects.update(fate=Fate.TOLD.value, message=message)
    Message.objects.update(next_try_at=None, delivered_at=LATER, answer="204 No Content")
    channels.delete(channel.pk, LATER)
    assert fates(alert, message) == (Fate.TOLD.value, None, "204 No Content")
    assert (message.channel, message.channel_name) == (None, "Channel")


def test_events_that_are_not_wanted_any_more_are_dropped() -> None:
    channel = a_channel()
    waiting = what_waits(channel)
    channels.edit(channel.pk, {"events": ["down"]}, None, None, LATER)
    assert fates(*waiting)[0] == Fate.WAITING.value
    channels.edit(channel.pk, {"events": ["up"]}, None, None, LATER)
    assert fates(*waiting)[0] == Fate.DROPPED.value


def test_why_a_channel_disabled_itself_is_forgotten_when_it_is_enabled() -> None:
    channel = a_channel()
    channels.disable(channel.pk, LATER, "410 Gone" + "x" * 600)
    channel.refresh_from_db()
    assert (channel.enabled, len(channel.disabled_reason)) == (False, 500)
    enabled = channels.enable(channel.pk, LATER)
    assert (enabled.enabled, enabled.disabled_reason) == (True, "")


def test_after_a_rotation_both_keys_sign_for_a_day() -> None:
    old = channels.create(WEBHOOK, [], [], NOON).signing_secret
    found = channels.rotate_secret(Channel.objects.get().pk, LATER)
    assert found.signing_secret not in {old, ""}
    assert found.previous_secret == old
    assert found.signs_with_both(LATER + timedelta(hours=23, minutes=59))
    assert not found.signs_with_both(LATER + timedelta(hours=24))


def test_a_key_that_cannot_be_read_signs_nothing_more(settings: Any) -> None:
    made = channels.create(WEBHOOK, [], [], NOON)
    settings.SECRET_KEY = "another"
    assert channels.rotate_secret(made.pk, LATER).previous_secret == ""


def test_only_webhooks_are_signed() -> None:
    made = channels.create(EMAIL, [], [], NOON)
    with pytest.raises(channels.SignsNothing):
        channels.rotate_secret(made.pk, LATER)


@pytest.mark.parametrize(
    "act", [channels.enable, channels.disable, channels.delete, channels.rotate_secret]
)
def test_what_is_not_there_says_so(act: Any) -> None:
    with pytest.raises(Channel.DoesNotExist):
        act(999, NOON)
