"""Create, edit, enable, disable and delete channels, and change the secret of a webhook."""

import base64
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from monitors.domain.alerting import ChannelKind, Fate
from monitors.models import Alert, Channel, Service, Tag
from monitors.models.fields import shown

from .outbox import drop_channel

# Receivers have a day to learn the new key: until then messages are signed with both.
BOTH_KEYS_FOR = timedelta(hours=24)
KEY_BYTES = 32


class DuplicateName(Exception):  # noqa: N818 - reads as what it is at every raise
    """Another channel has this name."""

    def __str__(self) -> str:
        return "Another channel has this name."


class SignsNothing(Exception):  # noqa: N818 - reads as what it is at every raise
    """Only webhooks are signed."""

    def __str__(self) -> str:
        return "Only webhooks have a signing secret."


def create(
    settings: Mapping[str, Any], tags: Sequence[str], services: Collection[int], now: datetime
) -> Channel:
    """Add a channel; a webhook gets its signing secret. Raises DuplicateName."""
    channel = Channel(**settings, created_at=now)
    if channel.kind == ChannelKind.WEBHOOK.value:
        channel.signing_secret = _new_secret()
    try:
        with transaction.atomic():
            channel.save(force_insert=True)
            _set_scope(channel, tags, services)
    except IntegrityError:
        raise _explained(channel) from None
    return channel


@contextmanager
def locked(channel_id: int) -> Iterator[Channel]:
    """Hold a channel, so that what is judged of it still holds when it is edited.

    Nothing is told to it meanwhile. Raises Channel.DoesNotExist.
    """
    with transaction.atomic():
        yield Channel.objects.select_for_update().get(pk=channel_id)


def edit(
    channel_id: int,
    changes: Mapping[str, Any],
    tags: Sequence[str] | None,
    services: Collection[int] | None,
    now: datetime,
) -> Channel:
    """Change the settings that are given; without tags the tags stay, and so do the services.

    What waits is dropped where it is not wanted any more. Raises DuplicateName, and
    Channel.DoesNotExist when it was deleted meanwhile.
    """
    try:
        with locked(channel_id) as channel:
            # A secret that stays the same would be encrypted anew, or not at all.
            new = {
                name: value for name, value in changes.items() if value != getattr(channel, name)
            }
            enabled = bool(new.pop("enabled", channel.enabled))
            for name, value in new.items():
                setattr(channel, name, value)
            channel.save(update_fields=list(new))
            _set_scope(channel, tags, services)
            if "events" in new:
                _drop_unwanted(channel)
            _set_enabled(channel, now, enabled=enabled)
    except IntegrityError:
        raise DuplicateName from None
    return channel


def enable(channel_id: int, now: datetime) -> Channel:
    """Tell a channel again, of what happens from now on. Raises Channel.DoesNotExist."""
    with locked(channel_id) as channel:
        _set_enabled(channel, now, enabled=True)
    return channel


def disable(channel_id: int, now: datetime, reason: str = "") -> Channel:
    """Tell a channel nothing more, not even what waits already. Raises Channel.DoesNotExist.

    `reason` says why where no person did it.
    """
    with locked(channel_id) as channel:
        _set_enabled(channel, now, enabled=False, reason=reason)
    return channel


def delete(channel_id: int, now: datetime) -> None:
    """Delete a channel; what it was told stays with the incidents. Raises Channel.DoesNotExist."""
    with locked(channel_id) as channel:
        drop_channel(channel, "The channel was deleted.", now)
        channel.delete()


def rotate_secret(channel_id: int, now: datetime) -> Channel:
    """Give a webhook a new signing secret; the one of before stays good for a day.

    Raises SignsNothing, and Channel.DoesNotExist.
    """
    with locked(channel_id) as channel:
        if channel.kind != ChannelKind.WEBHOOK.value:
            raise SignsNothing
        # One that SECRET_KEY does not decrypt any more can sign nothing.
        channel.previous_secret = shown(channel.signing_secret)
        channel.previous_secret_until = now + BOTH_KEYS_FOR
        channel.signing_secret = _new_secret()
        channel.save(update_fields=["signing_secret", "previous_secret", "previous_secret_until"])
    return channel


def _new_secret() -> str:
    """Make a key as the Standard Webhooks specification writes it (24 to 64 bytes in base64)."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def _set_enabled(channel: Channel, now: datetime, *, enabled: bool, reason: str = "") -> None:
    if enabled == channel.enabled:
        return
    channel.enabled = enabled
    channel.disabled_reason = reason[: Channel._meta.get_field("disabled_reason").max_length]
    channel.save(update_fields=["enabled", "disabled_reason"])
    if not enabled:
        drop_channel(channel, "The channel was disabled.", now)


def _drop_unwanted(channel: Channel) -> None:
    waiting = Alert.objects.waiting().filter(channel=channel)
    waiting.exclude(event__in=channel.events).update(fate=Fate.DROPPED.value, hold="")


def _set_scope(
    channel: Channel, tags: Sequence[str] | None, services: Collection[int] | None
) -> None:
    named_some = channel.orphaned
    if tags is not None:
        Tag.objects.bulk_create((Tag(name=name) for name in tags), ignore_conflicts=True)
        channel.tags.set(Tag.objects.filter(name__in=tags))
    if services is not None:
        named_some = bool(services)
        channel.services.set(Service.objects.filter(pk__among=services))
    # All that were chosen may have been deleted since: then it is for none, and not for all.
    orphaned = named_some and not channel.tags.exists() and not channel.services.exists()
    if orphaned != channel.orphaned:
        channel.orphaned = orphaned
        channel.save(update_fields=["orphaned"])


def _explained(channel: Channel) -> Exception:
    if Channel.objects.filter(name=channel.name).exists():
        return DuplicateName()
    return ValueError(f"The settings of {channel.name} contradict the database's rules")
