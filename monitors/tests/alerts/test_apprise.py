"""What Apprise reaches: its real classes, sending to a server of this machine."""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.opsgenie import OPSGENIE_API_LOOKUP
from apprise.plugins.pagerduty import PAGERDUTY_API_LOOKUP
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram

from monitors.alerts.channels import apprise as channel
from monitors.alerts.channels.base import BadTarget, Destination, Item, Rendered
from monitors.domain.alerting import Attempt, ChannelKind
from monitors.tests.clock import NOON
from monitors.tests.receiver import Receiver, receiver

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general"
DISCORD = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
TELEGRAM = "tgram://123456789:abcdefg_hijklmnop/12315544/"
PAGERDUTY = "pagerduty://0123456789abcdef0123456789abcdef@ABCDEFGHIJKLMNOPQRST"
OPSGENIE = "opsgenie://8b799edf-6f98-4d3a-9be7-2862fb4e5752"
STRANGE = "*b* _i_ `c` [l](http://evil.example/) <@U1> <!channel> @everyone <b>x</b> ~s~"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as server:
        server.status, server.body = 200, b"ok"
        yield server


def sent(target: str, what: Rendered) -> Attempt:
    return asyncio.run(channel.send(Destination("Ops", ChannelKind.APPRISE, target), what))


def what(event: str = "down", **values: Any) -> Rendered:
    item = Item(event, "incident-7", f"Shop is {event}", "Why: refused", "https://u.example/i/7/")
    told = Rendered(
        event=event,
        event_id="msg_7",
        timestamp=NOON,
        created_at=NOON,
        subject=f"Shop is {event}",
        text=f"Shop is {event}\n\nWhy: refused\n\nDetails: https://u.example/i_7/\n",
        html="",
        payload={},
        incident_key="incident-7",
        is_recovery=event == "up",
        items=(item,),
    )
    return replace(told, **values)


def bodies(hook: Receiver) -> list[Any]:
    return [json.loads(got.body) for got in hook.received]


def test_a_message_arrives_with_its_title_and_text(hook: Receiver) -> None:
    attempt = sent(f"json://127.0.0.1:{hook.port}/", what())
    assert (attempt.delivered, attempt.answer) == (True, "taken by JSON")
    (body,) = bodies(hook)
    assert body["title"] == "Shop is down"
    assert body["message"] == "Why: refused\n\nDetails: https://u.example/i_7/"
    assert body["type"] == "failure"


def test_a_refusal_is_told_as_it_came_without_what_is_secret(hook: Receiver) -> None:
    hook.status, hook.body = 401, b'{"error": "no such token s3cr3t-token"}'
    attempt = sent(f"json://ada:pa55word@127.0.0.1:{hook.port}/s3cr3t-token", what())
    assert not attempt.delivered
    assert attempt.answer == (
        "Failed to send JSON POST notification: Verification Failed., error=401. "
        '{"error": "no such token …"}'
    )


def test_nobody_there_is_told() -> None:
    attempt = sent("json://127.0.0.1:9/s3cr3t-token", what())
    assert attempt.answer == (
        "A Connection error occurred sending JSON notification to 127.0.0.1. Connection refused"
    )


def test_an_address_that_may_not_be_contacted_is_refused() -> None:
    assert sent("json://169.254.169.254/", what()).answer.endswith(
        "169.254.169.254 is not an allowed address"
    )


def test_private_addresses_are_refused_as_for_checks(hook: Receiver, settings: Any) -> None:
    settings.REFUSE_PRIVATE_ADDRESSES = True
    attempt = sent(f"json://127.0.0.1:{hook.port}/", what())
    assert "is not an allowed address" in attempt.answer
    assert hook.received == []


def test_redirects_are_not_followed_even_where_the_address_asks_for_it(hook: Receiver) -> None:
    hook.status, hook.headers = 307, {"Location": "http://169.254.169.254/latest/meta-data/"}
    attempt = sent(f"json://127.0.0.1:{hook.port}/?redirect=yes", what())
    assert not attempt.delivered
    assert "error=307" in attempt.answer
    assert len(hook.received) == 1


def test_what_raises_is_a_failed_attempt(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> bool:
        raise RuntimeError("a bug of theirs")

    monkeypatch.setattr(NotifyDiscord, "send", broken)
    attempt = sent(DISCORD, what())
    assert not attempt.delivered
    assert attempt.answer == ("Notification service 'Discord' raised an exception. a bug of theirs")


def test_one_that_hangs_ends(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "TIMEOUT_S", 0.3)
    hook.hold = Event()
    attempt = sent(f"json://127.0.0.1:{hook.port}/", what())
    assert attempt.answer == "no answer within 0.3 s"


def test_secrets_are_not_logged(hook: Receiver, capfd: pytest.CaptureFixture[str]) -> None:
    hook.status = 500
    sent(f"json://ada:pa55word@127.0.0.1:{hook.port}/s3cr3t-token", what())
    assert logging.getLogger("apprise").handlers
    assert capfd.readouterr() == ("", "")


def test_slack_shows_a_strange_name_as_it_is(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NotifySlack, "webhook_url", hook.url)
    attempt = sent(SLACK, what(subject=STRANGE, text=f"x\n\n{STRANGE}"))
    assert attempt.delivered, attempt.answer
    (body,) = bodies(hook)
    assert body["mrkdwn"] is False
    (attachment,) = body["attachments"]
    plain = STRANGE.replace("<", "&lt;").replace(">", "&gt;")
    assert (attachment["title"], attachment["text"]) == (plain, plain)
    assert "github" not in json.dumps(body)


def test_telegram_shows_a_strange_name_as_it_is(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.body = b'{"ok": true, "result": {}}'
    monkeypatch.setattr(NotifyTelegram, "notify_url", f"{hook.url}/")
    sent(TELEGRAM, what(subject=STRANGE, text=f"x\n\n{STRANGE}"))
    (body,) = bodies(hook)
    plain = STRANGE.replace("<", "&lt;").replace(">", "&gt;")
    assert body["parse_mode"] == "HTML"
    assert body["text"] == f"<b>{plain}</b>\r\n{plain}"


def test_discord_shows_a_strange_name_and_calls_nobody(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NotifyDiscord, "notify_url", hook.url)
    sent(DISCORD, what(subject="Shop_1 @everyone", text="x\n\n*b* <@U1>\nhttps://u.example/i_7/"))
    (body,) = bodies(hook)
    assert body["content"] == (
        "Shop\\_1 @\u200beveryone\r\n\\*b\\* \\<@\u200bU1\\>\n<https://u.example/i_7/>"
    )


def test_a_long_text_is_cut_to_what_a_service_takes(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NotifyDiscord, "notify_url", hook.url)
    text = "\n".join(f"- Shop {number} is down" for number in range(500))
    sent(DISCORD, what(text=f"x\n\n{text}"))
    (body,) = bodies(hook)
    assert len(body["content"]) <= 2_000
    assert body["content"].endswith("is down\n…")


def test_pagerduty_resolves_what_it_opened(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PAGERDUTY_API_LOOKUP, "us", hook.url)
    for event in ("down", "reminder", "up"):
        assert sent(PAGERDUTY, what(event)).delivered
    assert [(body["event_action"], body["dedup_key"]) for body in bodies(hook)] == [
        ("trigger", "uptime-site-incident-7"),
        ("trigger", "uptime-site-incident-7"),
        ("resolve", "uptime-site-incident-7"),
    ]


def test_opsgenie_closes_what_it_opened_by_its_name(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.status, hook.body = 202, b'{"result": "Request will be processed", "requestId": "a"}'
    monkeypatch.setitem(OPSGENIE_API_LOOKUP, "us", hook.url)
    for event in ("down", "up"):
        assert sent(OPSGENIE, what(event)).delivered
    opened, closed = hook.received
    assert json.loads(opened.body)["alias"] == "uptime-site-incident-7"
    assert json.loads(opened.body)["message"] == "Shop is down"
    assert closed.path == "/hook/uptime-site-incident-7/close?identifierType=alias"
    assert closed.headers["authorization"] == f"GenieKey {OPSGENIE.partition('//')[2]}"


def test_each_of_several_is_an_alert_of_its_own_and_of_very_many_the_rest_is_one(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PAGERDUTY_API_LOOKUP, "us", hook.url)
    monkeypatch.setattr(channel, "MAX_ALERTS", 3)
    items = tuple(Item("down", f"incident-{number}", "down", "") for number in range(5))
    assert sent(PAGERDUTY, what(items=items)).delivered
    assert [body["dedup_key"] for body in bodies(hook)] == [
        "uptime-site-incident-0",
        "uptime-site-incident-1",
        "uptime-site-incident-2",
        "uptime-site-msg_7",
    ]


def test_a_report_opens_no_alert(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PAGERDUTY_API_LOOKUP, "us", hook.url)
    attempt = sent(PAGERDUTY, what("report", items=()))
    assert (attempt.answer, hook.received) == ("not sent: for Pager Duty it is no alert", [])


def test_a_test_leaves_no_alert_open(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PAGERDUTY_API_LOOKUP, "us", hook.url)
    assert sent(PAGERDUTY, what("test", items=())).delivered
    assert [(body["event_action"], body["dedup_key"]) for body in bodies(hook)] == [
        ("trigger", "uptime-site-msg_7"),
        ("resolve", "uptime-site-msg_7"),
    ]


@pytest.mark.parametrize(
    "target",
    [
        SLACK,
        DISCORD,
        TELEGRAM,
        PAGERDUTY,
        OPSGENIE,
        "ntfy://ntfy.example.com/topic",
        "gotify://gotify.example.com/AbCdEfGhIjKlMnO",
        "pover://uuuuuuuuuuuuuuuuuuuuuuuuuuuuuu@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "matrixs://user:token@matrix.example.com/!room:example.com",
        "signal://localhost:8080/+15551234567/+15557654321",
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "twilio://AC123456789012345678901234567890:0123456789abcdef0123456789abcdef@+15551234567/",
        "workflows://prod-1.westus.logic.azure.com:443/643e69f83c8944/T1-abcdef",
        "rocket://user:password@localhost/#channel",
    ],
)
def test_many_services_are_reached_and_their_secrets_masked(target: str) -> None:
    assert channel.clean(f" {target} ") == target
    shown = channel.masked(target)
    assert "://" in shown
    for secret in (
        "TIiajkdnlazkcOXrIdevi7FQ",
        "JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "hijklmnop",
        "0123456789abcdef",
        "8b799edf",
        "AbCdEfGhIjKlMnO",
        "token",
        "password",
    ):
        assert secret not in shown


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the address, like slack://TokenA/TokenB/TokenC/#channel."),
        ("slack", "Begin the address with the service, like slack:// or tgram://."),
        ("nothing://x", "“nothing” is no service that is known."),
        ("slack://", "This is not a complete address of Slack"),
        ("tgram://x", "This is not a complete address of Telegram"),
        ("json://a/\r\nX: y", "An address has no line breaks or control characters in it."),
        ("json://a/\x00", "An address has no line breaks or control characters in it."),
        ("json://a/" + "x" * 2_000, "This address is longer than 2,000 characters."),
        ("syslog://", "Syslog cannot be used: only what is sent over HTTP can."),
        ("dbus://", "DBus Notification cannot be used: only what is sent over HTTP can."),
        ("macosx://", "MacOSX Notification cannot be used: only what is sent over HTTP can."),
        ("windows://", "Windows Notification cannot be used: only what is sent over HTTP can."),
        ("mailto://a:b@example.com", "E-Mail cannot be used: only what is sent over HTTP can."),
        ("irc://irc.example.com/#a", "IRC cannot be used: only what is sent over HTTP can."),
        ("file:///etc/passwd", "“file” is no service that is known."),
        (
            f"{DISCORD}?template=/etc/passwd",
            "An address cannot name files of this machine, as templates and keys.",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(BadTarget) as refused:
        channel.clean(typed)
    assert str(refused.value).startswith(sentence)


def test_what_nobody_understands_is_masked_whole() -> None:
    assert channel.masked("nothing://secret") == "nothing://…"
