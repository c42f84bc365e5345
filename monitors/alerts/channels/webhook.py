"""Webhooks by the Standard Webhooks specification: a signed POST of JSON.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import asyncio
import base64
import binascii
import json
import logging
import re
import time
from dataclasses import replace
from datetime import UTC
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from monitors.domain.alerting import Attempt
from monitors.domain.targets import BadTarget as BadAddress
from monitors.domain.targets import parse_target
from monitors.models.channel import MAX_TARGET_LENGTH
from monitors.net.answer import Answer
from monitors.net.errors import CheckFailed, UnsendableRequest
from monitors.net.sending import Outgoing, outgoing
from monitors.net.transport import FreshConnectionTransport

from .base import BadTarget, Destination, Rendered, failed, in_short
from .guarding import policy

logger = logging.getLogger(__name__)

TIMEOUT_S = 10.0
_USER_AGENT = "uptime-site/1"
_READ_BYTES = 65_536
_SHOWN_BYTES = 2_048
_SHOWN_LENGTH = 200
_GONE = 410
# A part of a path that looks like a key: long, or letters and digits mixed.
_LONG = 16
_KEY_LIKE = re.compile(r"(?=.*[A-Za-z])(?=.*\d).{8,}")


async def send(to: Destination, what: Rendered) -> Attempt:
    """POST a message once, within ten seconds; redirects are not followed."""
    began_s = time.perf_counter()
    attempt = await _sent(to, what)
    return replace(attempt, took_ms=(time.perf_counter() - began_s) * 1_000)


def clean(target: str) -> str:
    """Give the address as it is stored: as typed, less its fragment. Raises BadTarget."""
    typed = target.strip()
    if not typed:
        raise BadTarget("Enter the address of the webhook, like https://example.com/hook.")
    if len(typed) > MAX_TARGET_LENGTH:
        raise BadTarget(f"This address is longer than {MAX_TARGET_LENGTH:,} characters.")
    scheme, found, _ = typed.partition("://")
    if found and scheme.lower() not in {"http", "https"}:
        raise BadTarget(f"A webhook is an http or https address, not “{in_short(scheme, 20)}”.")
    try:
        parse_target(typed)
    except BadAddress as bad:
        raise BadTarget(str(bad)) from bad
    return typed.partition("#")[0]


def masked(target: str) -> str:
    """Give the address without password, values of the query, and what looks like a key."""
    parts = urlsplit(target)
    user, at, host = parts.netloc.rpartition("@")
    path = "/".join("…" if _looks_secret(part) else part for part in parts.path.split("/"))
    query = "&".join(f"{pair.partition('=')[0]}=…" for pair in parts.query.split("&") if pair)
    where = f"{user.partition(':')[0]}:…@{host}" if at else host
    return f"{parts.scheme}://{where}{path}" + (f"?{query}" if query else "")


def _looks_secret(part: str) -> bool:
    return len(part) >= _LONG or _KEY_LIKE.fullmatch(part) is not None


async def _sent(to: Destination, what: Rendered) -> Attempt:
    transport = FreshConnectionTransport(
        policy=policy(), body_limit=_READ_BYTES, keeps=lambda _: _SHOWN_BYTES
    )
    try:
        request = _request(to, what)
        async with asyncio.timeout(TIMEOUT_S):
            transport.deadline = asyncio.get_running_loop().time() + TIMEOUT_S
            answer = await transport.send(request)
    except TimeoutError:
        return failed(transport.timed_out(TIMEOUT_S).message)
    except CheckFailed as refused:
        return failed(refused.failure.message)
    except (UnsendableRequest, BadAddress, binascii.Error) as unsendable:
        return failed(f"not sent: {unsendable}")
    except Exception as error:
        # Whatever it is, one message must not end the loop that sends them all.
        logger.exception("A message to the webhook “%s” was not sent", to.name)
        return failed(f"not sent: {type(error).__name__}")
    return _read(answer, transport.body, to.target)


def _request(to: Destination, what: Rendered) -> Outgoing:
    """Make the signed request. Raises UnsendableRequest, BadAddress, binascii.Error."""
    if not to.secrets:
        raise UnsendableRequest("the channel has no key to sign with")
    address = parse_target(to.target)
    body = json.dumps(what.payload, separators=(",", ":"))
    headers = {
        "User-Agent": _USER_AGENT,
        "Accept": "*/*",
        "Content-Type": "application/json",
        "webhook-id": what.event_id,
        "webhook-timestamp": str(int(what.timestamp.timestamp())),
        "webhook-signature": " ".join(_signature(secret, what, body) for secret in to.secrets),
    }
    if address.username or address.password:
        pair = f"{address.username}:{address.password}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return outgoing(httpx.Request("POST", address.url, headers=headers, content=body))


def _signature(secret: str, what: Rendered, body: str) -> str:
    # It takes any wall clock for one of UTC, and the fraction of a second off.
    return Webhook(secret).sign(what.event_id, what.timestamp.astimezone(UTC), body)


def _read(answer: Answer, body: bytes, target: str) -> Attempt:
    status = answer.status_code
    line = f"{status} {answer.reason_phrase.decode('latin-1')}".strip()
    if 200 <= status <= 299:  # noqa: PLR2004 - what the specification calls a success
        return Attempt(delivered=True, answer=in_short(line))
    if 300 <= status <= 399:  # noqa: PLR2004
        return failed(f"{line}: it redirects{_whereto(answer)}, and redirects are not followed")
    if status == _GONE:
        return failed(f"{line}: the receiver wants no more messages", is_final=True)
    said = in_short(_without(target, body.decode("utf-8", "replace")), _SHOWN_LENGTH)
    return failed(f"{line}: {said}" if said else line)


def _whereto(answer: Answer) -> str:
    """Say to which machine a redirect leads; more of it may be secret."""
    for name, value in answer.headers:
        if name.lower() == b"location":
            try:
                host = urlsplit(value.decode("latin-1")).netloc.rpartition("@")[2]
            except ValueError:
                return ""
            return f" to {in_short(host, 80)}" if host else ""
    return ""


def _without(target: str, said: str) -> str:
    """Take out of an answer what is secret in the address that was asked."""
    parts = urlsplit(target)
    secrets = [part for part in parts.path.split("/") if _looks_secret(part)]
    secrets += [value for pair in parts.query.split("&") if (value := pair.partition("=")[2])]
    secrets += [password for password in [parts.password] if password]
    for secret in sorted(secrets, key=len, reverse=True):
        said = said.replace(secret, "…")
    return said
