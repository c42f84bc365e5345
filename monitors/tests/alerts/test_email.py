"""Mails, sent to SMTP servers of this machine."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from monitors.alerts.channels import email as channel
from monitors.alerts.channels.base import BadTarget, Destination, Rendered
from monitors.alerts.rendering import render
from monitors.domain.alerting import Attempt, ChannelKind
from monitors.tests.clock import NOON
from monitors.tests.mailbox import Mailbox, mailbox

from .messages import a_channel, a_message, down, up


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    with mailbox() as started:
        use(settings, started.port)
        yield started


def use(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.DEFAULT_FROM_EMAIL = "Uptime <uptime@example.com>"


def sent(what: Rendered, *addresses: str) -> Attempt:
    target = "\n".join(addresses or ("ops@example.com",))
    return asyncio.run(channel.send(Destination("Ops", ChannelKind.EMAIL, target), what))


def rendered(event: str) -> Rendered:
    mail = a_channel(ChannelKind.EMAIL, target="ops@example.com")
    facts = (down if event == "down" else up)(service_name="Größe")
    return render(a_message(event, facts, channel=mail, event_id=f"msg_{event}"), NOON)


PLAIN = Rendered(
    event="test",
    event_id="msg_7",
    timestamp=NOON,
    created_at=NOON,
    subject="A test",
    text="A test\n",
    html="",
    payload={},
    incident_key="",
    is_recovery=False,
)


@contextmanager
def listening(*said: bytes) -> Iterator[int]:
    """Listen for one client, say something, one piece before each of its lines, and wait."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                client, _ = server.accept()
                with client, client.makefile("rb") as lines:
                    for piece in said:
                        client.sendall(piece)
                        lines.readline()

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.django_db
def test_a_mail_has_text_and_a_page_and_the_servers_answer(box: Mailbox) -> None:
    attempt = sent(rendered("down"))
    assert (attempt.delivered, attempt.answer) == (True, "250 2.0.0 Ok: queued as 7")
    assert attempt.took_ms > 0
    (mail,) = box.mails
    assert mail["Subject"].strip() == "Größe is down: connection refused by 192.0.2.7 port 443"
    assert mail["From"] == "Uptime <uptime@example.com>"
    assert mail["To"] == "ops@example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    text, page = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    assert "Größe is down" in text.get_content()
    assert "<bdi>Größe is down</bdi>" in page.get_content()


@pytest.mark.django_db
def test_down_and_up_are_one_conversation(box: Mailbox) -> None:
    sent(rendered("down"))
    sent(rendered("up"))
    fell, rose = box.mails
    assert fell["References"] == rose["References"] == "<incident-107@example.com>"
    assert fell["In-Reply-To"] == rose["In-Reply-To"] == "<incident-107@example.com>"
    assert (fell["Message-ID"], rose["Message-ID"]) == (
        "<msg_down@example.com>",
        "<msg_up@example.com>",
    )


def test_every_attempt_has_the_same_id(box: Mailbox) -> None:
    for _ in range(2):
        sent(PLAIN)
    assert [mail["Message-ID"] for mail in box.mails] == ["<msg_7@example.com>"] * 2
    assert [mail["X-Event-Id"] for mail in box.mails] == ["msg_7"] * 2


@pytest.mark.django_db
def test_a_name_with_line_breaks_makes_no_header(box: Mailbox) -> None:
    mail = a_channel(ChannelKind.EMAIL, name="Ops\r\nBcc: c@d.example", target="a@b.example")
    facts = down(service_name="Shop\r\nBcc: c@d.example\r\n\r\n<b>", message="x" * 10_000)
    sent(render(a_message("down", facts, channel=mail), NOON))
    assert box.recipients == [["ops@example.com"]]
    assert box.mails[0]["Bcc"] is None
    assert box.mails[0]["Subject"].strip().startswith("Shop Bcc: c@d.example <b> is down: xxx")


def test_one_mail_goes_to_all_addresses(box: Mailbox) -> None:
    assert sent(PLAIN, "a@example.com", "b@example.com").delivered
    assert box.recipients == [["a@example.com", "b@example.com"]]


def test_one_that_is_refused_is_told_and_stops_nobody_else(box: Mailbox) -> None:
    box.to_recipient = {"b@example.com": "550 5.1.1 no such user"}
    attempt = sent(PLAIN, "a@example.com", "b@example.com")
    assert attempt.delivered
    assert attempt.answer == (
        "250 2.0.0 Ok: queued as 7; not for b@example.com: 550 5.1.1 no such user"
    )
    assert box.recipients == [["a@example.com"]]


def test_all_that_are_refused_are_a_failure(box: Mailbox) -> None:
    box.to_recipient = {"ops@example.com": "550 5.1.1 no such user"}
    attempt = sent(PLAIN)
    assert not attempt.delivered
    assert attempt.answer == "ops@example.com: 550 5.1.1 no such user"


@pytest.mark.parametrize("said", ["451 4.3.0 try again later", "554 5.7.1 looks like spam"])
def test_a_refusal_is_told_as_it_came_and_tried_again(box: Mailbox, said: str) -> None:
    box.to_mail = said
    attempt = sent(PLAIN)
    assert (attempt.delivered, attempt.is_final, attempt.answer) == (False, False, said)
    box.to_mail = "250 Ok"
    assert sent(PLAIN).delivered


def test_a_server_that_hangs_is_left(settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    with listening(b"220 hello\r\n", b"") as port:
        use(settings, port)
        attempt = sent(PLAIN)
    assert attempt.answer == f"no answer from the mail server 127.0.0.1 port {port} within 0.2 s"


def test_a_server_that_says_nothing_at_all_is_left(settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    with listening(b"") as port:
        use(settings, port)
        attempt = sent(PLAIN)
    assert attempt.answer == f"no answer from the mail server 127.0.0.1 port {port} within 0.2 s"


def test_the_loop_goes_on_while_a_server_hangs(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_TIMEOUT = 0.6
    monkeypatch.setattr(channel, "TIMEOUT_S", 0.3)
    with listening(b"") as port:
        use(settings, port)
        attempt, ticks = asyncio.run(_with_ticks())
    assert attempt.answer == "no answer from the mail server within 0.3 s"
    assert ticks > 5


async def _with_ticks() -> tuple[Attempt, int]:
    destination = Destination("Ops", ChannelKind.EMAIL, "ops@example.com")
    sending = asyncio.create_task(channel.send(destination, PLAIN))
    ticks = 0
    while not sending.done():
        await asyncio.sleep(0.01)
        ticks += 1
    return await sending, ticks


def test_a_server_that_refuses_the_connection(settings: Any) -> None:
    use(settings, 9)
    assert sent(PLAIN).answer == "connection refused by the mail server 127.0.0.1 port 9"


def test_a_server_that_hangs_up(settings: Any) -> None:
    with listening(b"421 4.3.2 shutting down\r\n") as port:
        use(settings, port)
        assert sent(PLAIN).answer == "421 4.3.2 shutting down"


def test_a_server_that_is_none(settings: Any) -> None:
    with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        use(settings, port)
        attempt = sent(PLAIN)
    assert not attempt.delivered
    assert attempt.answer


def test_a_server_with_no_tls(settings: Any) -> None:
    with listening(b"220 hello\r\n") as port:
        use(settings, port)
        settings.EMAIL_USE_SSL = True
        assert sent(PLAIN).answer.startswith(f"no TLS with the mail server 127.0.0.1 port {port}")


def test_what_goes_wrong_after_it_was_taken_is_no_failure(box: Mailbox) -> None:
    box.to_goodbye = "500 what?"
    assert sent(PLAIN).delivered


def test_without_a_server_it_says_where_it_went(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert sent(PLAIN).answer == "printed on the console, since EMAIL_URL names no mail server"
    assert "Subject: A test" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a@example.com", "a@example.com"),
        (
            " a@example.com ,b@example.com;\r\nc@example.com\n",
            "a@example.com\nb@example.com\nc@example.com",
        ),
        ("a@example.com\nA@Example.com", "A@Example.com"),
        ("ada@bücher.example", "ada@bücher.example"),
    ],
)
def test_addresses_are_kept_one_a_line(typed: str, kept: str) -> None:
    assert channel.clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter an e-mail address, or several, one a line."),
        (" ,;\n", "Enter an e-mail address, or several, one a line."),
        ("ops", "“ops” is not an e-mail address."),
        ("a@example.com\nBcc: b@example.com", "“Bcc: b@example.com” is not an e-mail address."),
        ("a\x00@example.com", "“a @example.com” is not an e-mail address."),
        ("Ada <a@example.com>", "“Ada <a@example.com>” is not an e-mail address."),
        (
            "\n".join(f"a{number}@example.com" for number in range(21)),
            "One channel has at most 20 addresses, of 2,000 characters in all.",
        ),
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(BadTarget) as refused:
        channel.clean(typed)
    assert str(refused.value) == sentence
