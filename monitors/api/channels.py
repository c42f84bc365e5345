"""/channels/: list, add, read, change, try out and delete."""

from typing import Annotated, Any

from asgiref.sync import async_to_sync
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from monitors.actions import channels
from monitors.alerts import trial
from monitors.engine.check_now import place
from monitors.interfaces.forms.channel import ChannelForm, as_form_data, unchanged
from monitors.interfaces.schemas.channel import (
    ChannelIn,
    ChannelOut,
    ChannelPatch,
    ChannelSettings,
    NewChannelOut,
    SecretOut,
    TestOut,
    channel_out,
    channels_out,
    new_channel_out,
)
from monitors.models import Channel

from .errors import Refused, summary

router = Router(tags=["channels"])


@router.get("/channels/", response=list[ChannelOut])
def list_channels(
    request: HttpRequest,
    limit: Annotated[int | None, Field(ge=1, le=1_000)] = None,
    after: Annotated[int, Field(ge=0, lt=2**63)] = 0,
) -> list[dict[str, Any]]:
    """List all channels, oldest first, or the first so many after the one with a number."""
    del request
    return channels_out(list(Channel.objects.filter(pk__gt=after).order_by("pk")[:limit]))


@router.post("/channels/", response={201: NewChannelOut})
def create_channel(request: HttpRequest, data: ChannelIn) -> Status[Any]:
    """Add a channel. The answer has the signing secret of a webhook, this once."""
    del request
    form = _valid(ChannelForm(unchanged(Channel()) | _given(data)))
    try:
        channel = channels.create(
            form.settings(), form.tag_names() or (), form.service_ids() or (), timezone.now()
        )
    except channels.DuplicateName as duplicate:
        raise _conflict(str(duplicate)) from None
    return Status(201, new_channel_out(channel))


@router.get("/channels/{int:channel_id}/", response=ChannelOut)
def read_channel(request: HttpRequest, channel_id: int) -> dict[str, Any]:
    del request
    return channel_out(get_object_or_404(Channel, pk=channel_id))


@router.patch("/channels/{int:channel_id}/", response=ChannelOut)
def change_channel(request: HttpRequest, channel_id: int, data: ChannelPatch) -> dict[str, Any]:
    """Change the settings that are given. What waits is dropped where it is not wanted any more."""
    del request
    try:
        # The settings that stay are judged together with the new ones: so nobody may change them.
        with channels.locked(channel_id) as channel:
            form = _valid(ChannelForm(unchanged(channel) | _given(data), instance=channel))
            changed = channels.edit(
                channel_id, form.changes(), form.tag_names(), form.service_ids(), timezone.now()
            )
    except channels.DuplicateName as duplicate:
        raise _conflict(str(duplicate)) from None
    except Channel.DoesNotExist:
        raise Http404 from None
    return channel_out(changed)


@router.delete("/channels/{int:channel_id}/", response={204: None})
def delete_channel(request: HttpRequest, channel_id: int) -> Status[Any]:
    """Delete a channel, and what waits to be told to it."""
    del request
    try:
        channels.delete(channel_id, timezone.now())
    except Channel.DoesNotExist:
        raise Http404 from None
    return Status(204, None)


@router.post("/channels/{int:channel_id}/rotate-secret", response={200: SecretOut})
def rotate_secret(request: HttpRequest, channel_id: int) -> dict[str, Any]:
    """Give a webhook a new signing secret, told this once; for a day both sign.

    Channels of other kinds have none: 404.
    """
    del request
    try:
        channel = channels.rotate_secret(channel_id, timezone.now())
    except (Channel.DoesNotExist, channels.SignsNothing):
        raise Http404 from None
    return {"signing_secret": channel.signing_secret}


@router.post("/channels/{int:channel_id}/test", response=TestOut)
def send_test(request: HttpRequest, channel_id: int) -> dict[str, Any]:
    """Send a test now, and give what the other side answered."""
    del request
    with place():
        attempt = async_to_sync(trial.send_test)(channel_id, timezone.now())
    return {"delivered": attempt.delivered, "answer": attempt.answer}


def _given(data: ChannelSettings) -> dict[str, Any]:
    return as_form_data(data.model_dump(exclude_unset=True))


def _valid(form: ChannelForm) -> ChannelForm:
    """Pass a valid form on. Raises Refused with every field and its reason."""
    if form.is_valid():
        return form
    fields = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
    if form.has_error("name", "unique"):
        raise _conflict(fields["name"])
    raise Refused(422, "invalid", summary(fields), fields)


def _conflict(sentence: str) -> Refused:
    return Refused(409, "conflict", sentence, {"name": sentence})
