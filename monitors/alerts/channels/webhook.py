"""Webhooks by the Standard Webhooks specification: a signed POST of JSON.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

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

from .base import BadTarget, Destination, Rendered, failed, in_short
from .posting import USER_AGENT, NotSent, post

logger = logging.getLogger(__name__)

TIMEOUT_S = 10.0
_GONE = 410
# A part of a path that looks like a key: long, or letters and digits mixed.
_LONG = 16
_KEY_LIKE = re.compile(r"(?=.*[A-Za-z])(?=.*\d).{6,}")


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
    try:
        posted = await post(_request(to, what), TIMEOUT_S)
    except NotSent as not_sent:
        return failed(str(not_sent))
    except Exception as error:
        # Whatever it is, one message must not end the loop that sends them all.
        logger.exception("A message to the webhook “%s” was not sent", to.name)
        return failed(f"not sent: {type(error).__name__}")
    if posted.is_success:
        return Attempt(delivered=True, answer=in_short(posted.answer))
    if posted.status == _GONE:
        answer = f"{posted.line}: the receiver wants no more messages"
        return failed(answer, is_final=True)
    return failed(_without(to.target, posted.answer))


def _request(to: Destination, what: Rendered) -> httpx.Request:
    """Make the signed request. Raises NotSent."""
    try:
        address = parse_target(to.target)
        body = json.dumps(what.payload, separators=(",", ":"))
        signatures = [_signature(secret, what, body) for secret in to.secrets]
    except (BadAddress, binascii.Error) as unusable:
        raise NotSent(f"not sent: {unusable}") from unusable
    if not signatures:
        raise NotSent("not sent: the channel has no key to sign with")
    headers = {
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Content-Type": "application/json",
        "webhook-id": what.event_id,
        "webhook-timestamp": str(int(what.timestamp.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    if address.username or address.password:
        pair = f"{address.username}:{address.password}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return httpx.Request("POST", address.url, headers=headers, content=body)


def _signature(secret: str, what: Rendered, body: str) -> str:
    # It takes any wall clock for one of UTC, and the fraction of a second off.
    return Webhook(secret).sign(what.event_id, what.timestamp.astimezone(UTC), body)


def _without(target: str, said: str) -> str:
    """Take out of an answer what is secret in the address that was asked."""
    parts = urlsplit(target)
    secrets = [part for part in parts.path.split("/") if _looks_secret(part)]
    secrets += [value for pair in parts.query.split("&") if (value := pair.partition("=")[2])]
    secrets += [password for password in [parts.password] if password]
    for secret in sorted(secrets, key=len, reverse=True):
        said = said.replace(secret, "…")
    return said
