"""A second handshake after one that failed, only to see what the first one could not tell.

OpenSSL keeps no certificate that it refused; of a request for a client's certificate it tells
nothing; and where a server refuses a client only after the handshake, as TLS 1.3 has it, the reset
that answers the request often overtakes the alert that explains it. So this one believes every
certificate, and asks for nothing.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from . import chains, tls
from .tls_errors import alert_of

_READ_BYTES = 16_384
# RFC 8446, B.3
_HANDSHAKE_RECORD = 22
_CERTIFICATE_REQUEST = 13


@dataclass(slots=True)
class Seen:
    """What a server showed until the look was over."""

    chain: tuple[bytes, ...] = ()
    """As it was sent, in DER."""
    asked_for_certificate: bool = False
    alert: str = ""
    """The last thing that it said, where that was an alert."""
    ended: bool = False
    """Whether it ended the connection of its own accord."""


async def look(sock: socket.socket, name: str, settings: tls.TlsSettings, seen: Seen) -> None:
    """Shake hands on a connection; where a certificate is asked for, wait for what follows.

    What was seen is in `seen` even where the look is cut short. Raises OSError where the
    connection breaks.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    side = _context(settings, seen).wrap_bio(incoming, outgoing, server_hostname=name)
    try:
        await _until(side.do_handshake, sock, incoming, outgoing)
        seen.chain = chains.shown(side)
        if seen.asked_for_certificate:
            await _until(lambda: side.read(1), sock, incoming, outgoing)
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        seen.ended = True
    except ssl.SSLError as error:
        seen.alert, seen.ended = alert_of(error), True
    except OSError:
        seen.ended = True
        raise


def _context(settings: tls.TlsSettings, seen: Seen) -> ssl.SSLContext:
    """Make a context that verifies nothing, so reads no roots, and notes what it is asked."""
    made = tls.build(replace(settings, verify=False, ca_bundle=""))

    def note(_: object, direction: str, __: object, kind: int, message: int, ___: bytes) -> None:
        if direction == "read" and (kind, message) == (_HANDSHAKE_RECORD, _CERTIFICATE_REQUEST):
            seen.asked_for_certificate = True

    # There since Python 3.8, and not documented; without it only alerts tell.
    cast("Any", made)._msg_callback = note  # noqa: SLF001
    return made


async def _until(
    step: Callable[[], object],
    sock: socket.socket,
    incoming: ssl.MemoryBIO,
    outgoing: ssl.MemoryBIO,
) -> None:
    """Carry bytes to and fro until a step of TLS can be done. Raises ssl.SSLError and OSError."""
    loop = asyncio.get_running_loop()
    done = False
    while not done:
        with contextlib.suppress(ssl.SSLWantReadError):
            step()
            done = True
        if outgoing.pending:
            await loop.sock_sendall(sock, outgoing.read())
        if not done:
            received = await loop.sock_recv(sock, _READ_BYTES)
            incoming.write(received) if received else incoming.write_eof()
