"""One TLS handshake: with whom, what it brings, and why it failed."""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from socket import socket
from urllib.parse import urlsplit

from monitors.domain.observation import Certificate
from monitors.domain.reasons import Failure, Fault
from monitors.domain.targets import BadTarget, host_of

from . import chains
from .connecting import connect_to
from .errors import CheckFailed
from .phases import PhaseClock
from .second_look import Seen, look
from .tls import TlsSettings, UnusableSettings, context
from .tls_errors import Peer, about_the_client, failed, unverified

# Over the 60 s that a check may take: the deadline is the caller's.
_HANDSHAKE_S = 120
_SECOND_LOOK_S = 1.0
# What also befalls a client that has no certificate, or the wrong one.
_UNEXPLAINED = {Fault.TLS_CLOSED, Fault.TLS_FAILED, Fault.CLOSED_EARLY, Fault.RESET}
_NO_PART_OF_A_HOST = frozenset("/\\?#@")


@dataclass(frozen=True, slots=True)
class Handshake:
    """A handshake to come, and what explains its failure."""

    settings: TlsSettings = field(repr=False)
    context: ssl.SSLContext
    peer: Peer
    clock: PhaseClock
    deadline: float
    """When the caller's time is up, as the loop tells it."""

    async def perform(self, protocol: asyncio.Protocol, sock: socket) -> Certificate | None:
        """Secure a connection for a protocol, and give the certificate. Raises CheckFailed."""
        try:
            transport, _ = await asyncio.get_running_loop().create_connection(
                lambda: protocol,
                sock=sock,
                ssl=self.context,
                server_hostname=self.peer.name,
                ssl_handshake_timeout=_HANDSHAKE_S,
            )
        except ssl.SSLCertVerificationError as error:
            seen = await self._look()
            shown = chains.in_order(seen.chain, self.context)
            failure = unverified(error, self.peer.name, shown, datetime.now(UTC))
            raise CheckFailed.because_of(failure) from error
        except ssl.SSLError as error:
            failure = await self.explained(failed(error, self.peer))
            raise CheckFailed.because_of(failure) from error
        except OSError as error:
            failure = await self.explained(Failure(Fault.TLS_CLOSED, self.peer.where))
            raise CheckFailed.because_of(failure) from error
        except BaseException:
            sock.close()
            raise
        return chains.certificate(transport.get_extra_info("ssl_object"))

    async def explained(self, found: Failure) -> Failure:
        """Tell whether a connection that just ended did so for want of a client's certificate."""
        if found.fault not in _UNEXPLAINED:
            return found
        seen = await self._look()
        if seen.asked_for_certificate and seen.ended:
            return about_the_client(seen.alert, self.peer)
        return found

    async def _look(self) -> Seen:
        """Shake hands once more; the verdict stands by now, so never for all that is left."""
        self.clock.stop()
        seen = Seen()
        left_s = self.deadline - asyncio.get_running_loop().time()
        with contextlib.suppress(CheckFailed, OSError):
            async with asyncio.timeout(min(_SECOND_LOOK_S, left_s / 2)):
                endpoint = self.peer.endpoint
                with await connect_to(endpoint, endpoint.address) as sock:
                    await look(sock, self.peer.name, self.settings, seen)
        return seen


async def prepared(
    settings: TlsSettings, peer: Peer, clock: PhaseClock, deadline: float
) -> Handshake:
    """Make a handshake ready. Raises CheckFailed where the settings cannot be used."""
    try:
        return Handshake(settings, await context(settings), peer, clock, deadline)
    except UnusableSettings as bad:
        detail = f"the {bad.what} in the settings cannot be used ({bad.detail})"
        raise CheckFailed(Fault.UNREADABLE, detail=detail) from bad


@lru_cache(maxsize=4_096)
def server_name(host_header: str, host: str) -> str:
    """Give the name to ask for and to verify: that of the Host header, where it names one.

    So a virtual host can be checked by its address. A port is no part of it, nor the scope of an
    address; a name beyond ASCII goes by its punycode. A header that names no host names nothing.
    """
    try:
        if host_header and not _NO_PART_OF_A_HOST & set(host_header):
            return host_of(urlsplit(f"//{host_header}")).partition("%")[0]
    except (BadTarget, ValueError):
        pass
    return host.partition("%")[0].removesuffix(".")
