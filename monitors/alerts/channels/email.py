"""E-mail, by Django's backend that EMAIL_URL names."""

import logging
import re
import smtplib
import socket
import ssl
import time
from dataclasses import replace
from email.utils import parseaddr
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email

from monitors.domain.alerting import Attempt, Event
from monitors.models.channel import MAX_TARGET_LENGTH

from .base import BadTarget, Destination, Rendered, failed, in_short
from .smtp import AnsweringBackend
from .threads import Threads

logger = logging.getLogger(__name__)

TIMEOUT_S = 30.0
"""For a whole delivery; each answer of the server has EMAIL_TIMEOUT."""
MAX_RECIPIENTS = 20
_MAX_REFERENCES = 20
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
_CONSOLE = "django.core.mail.backends.console.EmailBackend"
_OF_ONE_STORY = {Event.DOWN, Event.UP, Event.REMINDER}
_threads = Threads("mail", at_most=8)


async def send(to: Destination, what: Rendered) -> Attempt:
    """Send one mail to all addresses of a channel; one that is refused does not stop the others."""
    began_s = time.perf_counter()
    try:
        attempt = await _threads.run(partial(_sent, to, what), TIMEOUT_S)
    except TimeoutError:
        attempt = failed(f"no answer from the mail server within {TIMEOUT_S:g} s")
    except Exception as error:
        # Whatever it is, one message must not end the loop that sends them all.
        logger.exception("A mail of the channel “%s” was not sent", to.name)
        attempt = failed(f"not sent: {type(error).__name__}")
    return replace(attempt, took_ms=(time.perf_counter() - began_s) * 1_000)


def clean(target: str) -> str:
    """Give the addresses, one a line. Raises BadTarget."""
    addresses = [part.strip() for part in re.split(r"[,;\r\n]", target) if part.strip()]
    if not addresses:
        raise BadTarget("Enter an e-mail address, or several, one a line.")
    for address in addresses:
        _check(address)
    once = list({address.lower(): address for address in addresses}.values())
    if len(once) > MAX_RECIPIENTS or len("\n".join(once)) > MAX_TARGET_LENGTH:
        raise BadTarget(
            f"One channel has at most {MAX_RECIPIENTS} addresses, "
            f"of {MAX_TARGET_LENGTH:,} characters in all."
        )
    return "\n".join(once)


def masked(target: str) -> str:
    """Give the addresses: nothing in them is secret."""
    return target


def _check(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise BadTarget(f"“{in_short(address, 80)}” is not an e-mail address.") from None


def _sent(to: Destination, what: Rendered) -> Attempt:
    mail = _mail(to.target.splitlines(), what)
    if settings.EMAIL_BACKEND == _SMTP:
        return _by_smtp(mail)
    get_connection(timeout=settings.EMAIL_TIMEOUT).send_messages([mail])
    if settings.EMAIL_BACKEND == _CONSOLE:
        answer = "printed on the console, since EMAIL_URL names no mail server"
        return Attempt(delivered=True, answer=answer)
    return Attempt(delivered=True, answer=f"handed to {settings.EMAIL_BACKEND}")


def _mail(addresses: list[str], what: Rendered) -> EmailMultiAlternatives:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {
        # The same at each attempt, so that a mail program shows it once where it came twice.
        "Message-ID": f"<{what.event_id}@{domain}>",
        "X-Event-Id": what.event_id,
        # RFC 3834: nobody's holiday is to answer it.
        "Auto-Submitted": "auto-generated",
    }
    if what.event in _OF_ONE_STORY and what.keys:
        # No mail has these ids; what refers to the same one is shown as one conversation.
        ids = [f"<{key}@{domain}>" for key in what.keys[:_MAX_REFERENCES]]
        headers |= {"References": " ".join(ids), "In-Reply-To": ids[0]}
    mail = EmailMultiAlternatives(what.subject, what.text, to=addresses, headers=headers)
    if what.html:
        mail.attach_alternative(what.html, "text/html")
    return mail


def _by_smtp(mail: EmailMultiAlternatives) -> Attempt:
    backend = AnsweringBackend(timeout=settings.EMAIL_TIMEOUT)
    try:
        backend.send_messages([mail])
    except (OSError, smtplib.SMTPException) as error:
        # What goes wrong when it is taken already, as in saying goodbye, is nobody's concern.
        if not backend.has_taken:
            return failed(_worded(error))
    refused = [_reply(address, *said) for address, said in backend.refused.items()]
    taken = f"{backend.answer}; not for {', '.join(refused)}" if refused else backend.answer
    return Attempt(delivered=True, answer=in_short(taken))


def _worded(error: OSError | smtplib.SMTPException) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(_reply(address, *said) for address, said in error.recipients.items())
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply("", error.smtp_code, error.smtp_error)
    return _without_an_answer(error)


def _without_an_answer(error: OSError | smtplib.SMTPException) -> str:
    server = f"the mail server {settings.EMAIL_HOST} port {settings.EMAIL_PORT}"
    # smtplib calls a time limit that has passed a lost connection as well.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f"no answer from {server} within {settings.EMAIL_TIMEOUT} s"
    match error:
        case smtplib.SMTPServerDisconnected():
            return f"{server} closed the connection"
        case ssl.SSLError():
            return f"no TLS with {server}: {error.reason or error}"
        case ConnectionRefusedError():
            return f"connection refused by {server}"
        case socket.gaierror():
            return f"{server} has no address: {error.strerror}"
        case _:
            return f"{server}: {error}"


def _reply(address: str, code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{address}: {code} {said}" if address else f"{code} {said}"
