"""Webhooks, sent to a server of this machine."""

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from monitors.alerts.channels import webhook
from monitors.alerts.channels.base import BadTarget, Destination, Rendered
from monitors.domain.alerting import ChannelKind
from monitors.tests.receiver import Receiver, receiver

from .messages import OLD_SECRET, SECRET


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as server:
        yield server


def what(**values: Any) -> Rendered:
    now = datetime.now(UTC)
    told = Rendered(
        event="down",
        event_id="msg_7",
        timestamp=now,
        created_at=now,
        subject="Shop is down",
        text="Shop is down\n",
        html="",
        payload={"type": "service.down", "version": 1, "data": {"name": "Größe \u202e☎"}},
        incident_key="incident-7",
        is_recovery=False,
    )
    return replace(told, **values)


def to(target: str, *secrets: str) -> Destination:
    return Destination("Ops", ChannelKind.WEBHOOK, target, secrets or (SECRET,))


async def test_the_library_of_the_specification_verifies_it(hook: Receiver) -> None:
    attempt = await webhook.send(to(hook.url), what())
    assert (attempt.delivered, attempt.answer) == (True, "204 No Content")
    (got,) = hook.received
    assert (got.method, got.path) == ("POST", "/hook")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-id"] == "msg_7"
    assert Webhook(SECRET).verify(got.body, got.headers) == what().payload


async def test_both_keys_verify_it_while_they_are_changed(hook: Receiver) -> None:
    await webhook.send(to(hook.url, SECRET, OLD_SECRET), what())
    (got,) = hook.received
    assert len(got.headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, OLD_SECRET):
        Webhook(secret).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + base64.b64encode(b"another key").decode()).verify(got.body, got.headers)


async def test_each_attempt_has_the_same_id_and_body_and_a_signature_of_now(hook: Receiver) -> None:
    hook.status = 500
    for _ in range(2):
        await webhook.send(to(hook.url), what())
    first, second = hook.received
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    Webhook(SECRET).verify(second.body, second.headers)


async def test_a_refusal_is_told_with_its_words(hook: Receiver) -> None:
    hook.status, hook.body = 500, b"<h1>database\r\n down</h1>" + b"x" * 1_000_000
    attempt = await webhook.send(to(hook.url), what())
    assert not attempt.delivered
    assert not attempt.is_final
    assert attempt.answer.startswith("500 Internal Server Error: <h1>database down</h1>xxx")
    assert len(attempt.answer) <= 500


async def test_gone_is_for_good(hook: Receiver) -> None:
    hook.status = 410
    attempt = await webhook.send(to(hook.url), what())
    assert attempt.is_final
    assert attempt.answer == "410 Gone: the receiver wants no more messages"


async def test_a_redirect_is_told_and_not_followed(hook: Receiver) -> None:
    hook.status = 302
    hook.headers = {"Location": "http://user:pass@169.254.169.254/latest/meta-data/?token=secret"}
    attempt = await webhook.send(to(hook.url), what())
    assert not attempt.delivered
    assert attempt.answer == (
        "302 Found: it redirects to 169.254.169.254, and redirects are not followed"
    )
    assert len(hook.received) == 1


async def test_an_address_that_may_not_be_contacted_is_refused() -> None:
    attempt = await webhook.send(to("http://169.254.169.254/latest/"), what())
    assert attempt.answer == "169.254.169.254 is not an allowed address"


async def test_private_addresses_are_refused_as_for_checks(hook: Receiver, settings: Any) -> None:
    settings.REFUSE_PRIVATE_ADDRESSES = True
    attempt = await webhook.send(to(hook.url), what())
    assert "is not an allowed address" in attempt.answer
    settings.ALLOWED_NETWORKS = ["127.0.0.0/8"]
    assert (await webhook.send(to(hook.url), what())).delivered


async def test_one_that_hangs_ends(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.2)
    hook.hold = Event()
    attempt = await webhook.send(to(hook.url), what())
    assert not attempt.delivered
    assert attempt.answer.startswith("no ")
    assert attempt.took_ms >= 200


async def test_nobody_there_is_told_as_such() -> None:
    attempt = await webhook.send(to("http://127.0.0.1:9/"), what())
    assert attempt.answer == "connection refused by 127.0.0.1 port 9"


async def test_a_name_and_a_password_in_the_address_are_sent_as_such(hook: Receiver) -> None:
    target = hook.url.replace("//", "//ada:l%C3%B6ve@")
    await webhook.send(to(target), what())
    (got,) = hook.received
    assert got.headers["authorization"] == f"Basic {base64.b64encode('ada:löve'.encode()).decode()}"


async def test_answers_do_not_repeat_what_is_secret_in_the_address(hook: Receiver) -> None:
    hook.status, hook.body = 404, b"no /hook/T0K3Nabcdef?key=s3cr3t"
    attempt = await webhook.send(to(f"{hook.url}/T0K3Nabcdef?key=s3cr3t"), what())
    assert attempt.answer == "404 Not Found: no /hook/…?key=…"


@pytest.mark.parametrize("secrets", [(), ("whsec_!",)])
async def test_keys_that_cannot_sign_are_told(hook: Receiver, secrets: tuple[str, ...]) -> None:
    destination = Destination("Ops", ChannelKind.WEBHOOK, hook.url, secrets)
    attempt = await webhook.send(destination, what())
    assert attempt.answer.startswith("not sent: ")
    assert hook.received == []


async def test_hundreds_at_a_time_all_arrive(hook: Receiver) -> None:
    sending = [webhook.send(to(hook.url), what(event_id=f"msg_{n}")) for n in range(300)]
    assert all(attempt.delivered for attempt in await asyncio.gather(*sending))
    assert len({got.headers["webhook-id"] for got in hook.received}) == 300


def test_the_body_is_ascii_so_that_nobody_decodes_it_wrongly() -> None:
    assert json.dumps(what().payload).isascii()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the address of the webhook, like https://example.com/hook."),
        ("example.com", "Begin the address with http:// or https://."),
        ("ftp://example.com/", "A webhook is an http or https address, not “ftp”."),
        ("http://", "This address has no host name, like example.com."),
        ("http://a b/", "An address has no spaces or control characters in it."),
        ("http://a/\r\nX: y", "An address has no spaces or control characters in it."),
        ("http://a/\x00", "An address has no spaces or control characters in it."),
        ("http://a:99999/", "A port is a number from 1 to 65535."),
        ("http://a/" + "x" * 2_000, "This address is longer than 2,000 characters."),
        (
            "\u202ehttp" * 5 + "://a/",
            "A webhook is an http or https address, not “http http http http…”.",
        ),
    ],
)
def test_a_bad_address_is_refused_with_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(BadTarget) as refused:
        webhook.clean(typed)
    assert str(refused.value) == sentence


def test_a_good_address_is_kept_as_typed() -> None:
    typed = " https://ada:pw@Example.com/Hook?a=b#here "
    assert webhook.clean(typed) == "https://ada:pw@Example.com/Hook?a=b"


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("https://example.com/hooks/uptime", "https://example.com/hooks/uptime"),
        ("https://example.com:8443", "https://example.com:8443"),
        ("https://h.example/services/T0123456789/XyZ", "https://h.example/services/…/XyZ"),
        ("https://h.example/aaaaaaaaaaaaaaaaaaaa/", "https://h.example/…/"),
        ("https://ada:pw@h.example/?key=1&b", "https://ada:…@h.example/?key=…&b=…"),
    ],
)
def test_what_is_secret_is_masked(target: str, shown: str) -> None:
    assert webhook.masked(target) == shown
