"""Whatever Apprise reaches over HTTP: chats, push services, SMS, and services for alerts."""

import asyncio
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from apprise import Apprise, AppriseResult, NotifyFormat, NotifyType
from apprise.plugins import NotifyBase

from monitors.domain.alerting import REPORT, TEST, Attempt, Event

from . import opsgenie
from .apprise_targets import (
    body_format_of,
    checked,
    key_of,
    masked_url,
    name_of,
    service_of,
    shows_markdown,
    without_secrets,
)
from .base import BadTarget, Destination, Rendered, failed, in_short
from .chat import escaped, shortened, without_mentions
from .guarding import guard_urllib3
from .threads import Threads

logger = logging.getLogger(__name__)

TIMEOUT_S = 50.0
"""For a whole delivery, which may be several calls."""
MAX_ALERTS = 50
"""How many of a message are alerts of their own, where a service keeps alerts."""
# What Apprise puts around a title that it writes above the text.
_AROUND_TITLE = 32
_TYPES = {
    Event.DOWN.value: NotifyType.FAILURE,
    Event.REMINDER.value: NotifyType.FAILURE,
    Event.UP.value: NotifyType.SUCCESS,
    Event.DEGRADED.value: NotifyType.WARNING,
    Event.CERTIFICATE.value: NotifyType.WARNING,
    Event.FLAPPING.value: NotifyType.WARNING,
    Event.MONITOR.value: NotifyType.WARNING,
}
_threads = Threads("apprise", at_most=8)
guard_urllib3()


@dataclass(frozen=True, slots=True)
class _Call:
    """One notification."""

    kind: NotifyType
    title: str
    body: str
    key: str = ""


async def send(to: Destination, what: Rendered) -> Attempt:
    """Send a message once, within TIMEOUT_S."""
    began_s = time.perf_counter()
    try:
        async with asyncio.timeout(TIMEOUT_S):
            attempt = await _sent(to.target, what)
    except BadTarget as bad:
        attempt = failed(f"not sent: {bad}")
    except TimeoutError:
        attempt = failed(f"no answer within {TIMEOUT_S:g} s")
    except Exception as error:
        # Whatever it is, one message must not end the loop that sends them all.
        logger.exception("A message of the channel “%s” was not sent", to.name)
        attempt = failed(f"not sent: {type(error).__name__}")
    return replace(attempt, took_ms=(time.perf_counter() - began_s) * 1_000)


def clean(target: str) -> str:
    """Give the URL as it is stored: as typed. Raises BadTarget."""
    return checked(target)


def masked(target: str) -> str:
    """Give the URL as Apprise shows it, without what is secret."""
    return masked_url(target)


async def _sent(target: str, what: Rendered) -> Attempt:
    """Send a message as one notification, or as one for each alert. Raises BadTarget."""
    service = await _threads.run(partial(service_of, target), TIMEOUT_S)
    key_name = key_of(service)
    if key_name is None:
        return await _threads.run(partial(_notified, target, service, _whole(what)), TIMEOUT_S)
    if what.event == REPORT:
        # Nobody is to be woken by one.
        return Attempt(delivered=True, answer=f"not sent: for {name_of(service)} it is no alert")
    attempt = failed("there is nothing to tell")
    for call in _each(what):
        attempt = await _kept(target, service, call, key_name)
        if not attempt.delivered:
            break
    return attempt


async def _kept(target: str, service: NotifyBase, call: _Call, key_name: str) -> Attempt:
    """Open or close one alert of a service that keeps them."""
    if call.kind is NotifyType.SUCCESS and opsgenie.is_meant(service):
        return await opsgenie.close(service, call.key)
    # What the URL itself says goes before it.
    settings = {key_name: call.key, "action": "map"}
    keyed = await _threads.run(partial(service_of, target, **settings), TIMEOUT_S)
    return await _threads.run(partial(_notified, target, keyed, call), TIMEOUT_S)


def _whole(what: Rendered) -> _Call:
    _, _, rest = what.text.partition("\n\n")
    return _Call(_TYPES.get(what.event, NotifyType.INFO), what.subject, rest.strip())


def _each(what: Rendered) -> Iterator[_Call]:
    """Give one call for each alert; of very many, the rest is one of its own."""
    for item in what.items[:MAX_ALERTS]:
        body = "\n".join(filter(None, [item.detail, item.link]))
        yield _Call(_TYPES[item.event], item.headline, body, f"uptime-site-{item.key}")
    if len(what.items) > MAX_ALERTS or not what.items:
        key = f"uptime-site-{what.event_id}"
        yield replace(_whole(what), key=key)
        if what.event == TEST:
            # Nobody is to be woken by it for longer than it takes.
            yield replace(_whole(what), kind=NotifyType.SUCCESS, key=key)


def _notified(target: str, service: NotifyBase, call: _Call) -> Attempt:
    """Send one notification, in this thread."""
    title, body, body_format = call.title, call.body or call.title, NotifyFormat.TEXT
    if key_of(service) is None and shows_markdown(service):
        title, body = (escaped(without_mentions(text)) for text in (title, body))
        body_format = body_format_of(service)
    sender = Apprise(asset=service.asset)
    sender.add(service)
    result = sender.notify(
        body=shortened(body, max(service.body_maxlen - len(title) - _AROUND_TITLE, 1)),
        title=title,
        notify_type=call.kind,
        body_format=body_format,
        log_level=logging.DEBUG,
    )
    name = name_of(service)
    if result:
        return Attempt(delivered=True, answer=f"taken by {name}")
    return failed(without_secrets(_why(result) or f"{name} did not take it", target, service))


def _why(result: AppriseResult) -> str:
    """Give what went wrong as it was logged, with what the other side said."""
    logged = [(entry.level, entry.message) for entry in result.logs()]
    told = [in_short(message, 200) for level, message in logged if level in {"WARNING", "ERROR"}]
    details = (_detail(message) for level, message in logged if level == "DEBUG")
    return " ".join([*told[:2], *[detail for detail in details if detail][:1]])


def _detail(message: str) -> str:
    said = re.match(r"Response Details:\s*b?(['\"])(?P<said>.+)\1", message, re.DOTALL)
    if said is not None:
        return in_short(said["said"], 200)
    if "Exception:" in message:
        # The innermost cause says most: "… (Caused by … : [Errno 111] Connection refused'))".
        cause = message.rpartition("Caused by ")[2].rpartition(": ")[2]
        return in_short(re.sub(r"^\[Errno \d+\] ", "", cause.rstrip("')\"")), 200)
    return ""
