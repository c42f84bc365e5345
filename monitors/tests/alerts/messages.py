"""Messages for tests, as the outbox holds them."""

from itertools import count
from typing import Any

from monitors.domain.alerting import ChannelKind, Event, Facts, Fate
from monitors.models import Alert, Channel, Message
from monitors.tests.clock import NOON, noon_plus

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
_numbers = count(1)


def a_channel(kind: ChannelKind = ChannelKind.WEBHOOK, **values: Any) -> Channel:
    given = {
        "name": f"Channel {next(_numbers)}",
        "kind": kind.value,
        "target": "http://127.0.0.1:9/hook",
        "signing_secret": SECRET if kind is ChannelKind.WEBHOOK else "",
        "created_at": NOON,
    }
    return Channel.objects.create(**(given | values))


def down(number: int = 7, /, **values: Any) -> Facts:
    """Give what an alert says of a service that has gone down half a minute before noon."""
    given: dict[str, Any] = {
        "service_id": number,
        "service_name": f"Shop {number}",
        "service_url": f"https://s{number}.example/",
        "tags": ("prod", "web"),
        "incident_id": 100 + number,
        "started_at": noon_plus(-30),
        "reason": "connect",
        "message": "connection refused by 192.0.2.7 port 443",
        "state": "DOWN",
    }
    return Facts(**(given | values))


def up(number: int = 7, /, **values: Any) -> Facts:
    """Give what an alert says of a service that was down for five minutes, until noon."""
    given = {"started_at": noon_plus(-300), "resolved_at": NOON, "state": "UP"}
    return down(number, **(given | {"ending": "recovered"} | values))


def a_message(event: str, *told: Facts, channel: Channel | None = None, **values: Any) -> Message:
    """Store a message of noon, with the alerts that it tells; of a digest, those of going down."""
    channel = channel or a_channel()
    number = next(_numbers)
    given = {"event_id": f"msg_{number}", "created_at": NOON, "next_try_at": NOON}
    message = Message.objects.create(
        channel=channel, channel_name=channel.name, event=event, **(given | values)
    )
    for position, facts in enumerate(told):
        add(message, Event.DOWN if event == "digest" else Event(event), facts, position)
    return message


def add(message: Message, event: Event, facts: Facts, position: int = 0) -> None:
    Alert.objects.create(
        channel=message.channel,
        channel_name=message.channel_name,
        event=event.value,
        about=f"{message.event_id}:{event}:{position}",
        facts=facts.to_json(),
        created_at=NOON,
        due_at=NOON,
        fate=Fate.TOLD.value,
        message=message,
    )
