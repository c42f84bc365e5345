"""An httpx transport that opens a fresh connection for every request, guarded and timed.

A monitor that reuses connections measures its own pool. So each request looks the name up,
connects, shakes hands, asks and reads, and each of these has its place on the clock. What limits
a check lives here too: the address guard, the header limit and the body limit. The deadline is
the caller's: cancelling a request closes its connection at once. Where it is known, it is shared
out among addresses.
"""

import asyncio
import math
import socket
from dataclasses import dataclass, field

import httpx

from monitors.domain.observation import Certificate
from monitors.domain.reasons import Failure, Fault

from .answer import Answer
from .connecting import Endpoint, connect
from .errors import CheckFailed
from .guard import OPEN, GuardPolicy
from .handshake import Handshake, prepared, server_name
from .phases import Phase, PhaseClock
from .resolver import is_address, resolve
from .sending import PORTS, Outgoing, outgoing
from .tls import USUAL, TlsSettings
from .tls_errors import Peer
from .wire import Keeps, ResponseReader

DEFAULT_BODY_LIMIT = 1_048_576

Origin = tuple[str, str, int]


@dataclass(slots=True)
class FreshConnectionTransport(httpx.AsyncBaseTransport):
    """One check's transport: it serves the requests of one redirect chain, one after the other."""

    tls: TlsSettings = USUAL
    prefer_ipv6: bool = False
    body_limit: int = DEFAULT_BODY_LIMIT
    keeps: Keeps | None = None
    """How much of a body is kept; all that is read, where nothing says so."""
    policy: GuardPolicy = OPEN
    deadline: float = math.inf
    """When the caller's time is up, as the loop tells it."""
    clock: PhaseClock = field(default_factory=PhaseClock)
    endpoint: Endpoint = field(default_factory=Endpoint)
    certificate: Certificate | None = None
    body: bytes = b""
    """Of the last response, decoded, as much as is kept; the response itself holds none."""
    body_complete: bool = True
    _reader: ResponseReader | None = None
    _home: Origin | None = None
    """Where the first request went."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request over a connection of its own. Raises CheckFailed, UnsendableRequest."""
        return (await self.send(outgoing(request))).as_httpx()

    async def send(self, request: Outgoing) -> Answer:
        """Do the same without httpx's models. Raises CheckFailed."""
        self.endpoint = Endpoint(request.host, "", request.port)
        if self._home is None:
            self._home = (request.scheme, request.host, request.port)
        handshake = await self._handshake(request) if request.scheme == "https" else None
        if not is_address(self.endpoint.host):
            self.clock.enter(Phase.DNS)
        addresses = await resolve(self.endpoint.host, self.policy, prefer_ipv6=self.prefer_ipv6)
        self.clock.enter(Phase.CONNECT)
        connected = await connect(self.endpoint, addresses, self.deadline)
        reader = self._reader = ResponseReader(
            self.clock, self.body_limit, head_only=request.head_only, keeps=self.keeps
        )
        reader.peer = (self.endpoint.address, self.endpoint.port)
        try:
            await self._open(reader, connected, handshake)
            self.clock.enter(Phase.WAIT)
            if reader.transport is not None:
                reader.transport.write(request.wire)
            await _answer(reader, handshake)
        finally:
            if reader.transport is not None:
                reader.transport.abort()
        self.body, self.body_complete = bytes(reader.body), reader.body_complete
        return Answer(reader.status_code, reader.reason_phrase, reader.headers)

    def timed_out(self, timeout_s: float, stalled_s: float = 0.0) -> Failure:
        """Say what the check was waiting for when its time was up.

        `stalled_s`: for so much of it our own loop stood still, so that it may not be the target's
        fault.
        """
        read = self._reader.body_size if self._reader is not None else 0
        where = self.endpoint
        # Between two phases there is nothing to wait for; what has not begun is the first of them.
        first = Phase.CONNECT if is_address(where.host) else Phase.DNS
        fault = _TIMEOUTS[self.clock.phase or first]
        if fault is Fault.TIMEOUT_CONNECT and where.tried > 1:
            fault = Fault.TIMEOUT_CONNECT_ALL
        facts = {"timeout_s": timeout_s, "host": where.host, "address": where.address or where.host}
        facts |= {"port": where.port, "tried": where.tried, "size": f"{read:,}"}
        failure = Failure(fault, facts)
        if not stalled_s:
            return failure
        return Failure(Fault.STALLED, {"stalled_s": stalled_s, "otherwise": failure.message})

    async def _handshake(self, request: Outgoing) -> Handshake:
        """Make ready for TLS before the clock runs: a context is built when it is first wanted."""
        settings = self.tls if self._is_home(request.scheme) else self.tls.for_a_stranger()
        peer = Peer(
            self.endpoint,
            server_name(request.host_header, self.endpoint.host),
            offers_certificate=bool(settings.client_certificate),
        )
        return await prepared(settings, peer, self.clock, self.deadline)

    def _is_home(self, scheme: str) -> bool:
        """Tell whether a request goes where the first one went, or there behind TLS."""
        host, port = self.endpoint.host, self.endpoint.port
        if (scheme, port) == ("https", PORTS["https"]):
            return self._home in {("https", host, port), ("http", host, PORTS["http"])}
        return self._home == (scheme, host, port)

    async def _open(
        self, reader: ResponseReader, sock: socket.socket, handshake: Handshake | None
    ) -> None:
        """Hand the connection to the reader, after the handshake where there is one."""
        if handshake is not None:
            self.clock.enter(Phase.TLS)
            self.certificate = await handshake.perform(reader, sock)
            return
        try:
            await asyncio.get_running_loop().create_connection(lambda: reader, sock=sock)
        except BaseException:
            sock.close()
            raise


_TIMEOUTS = {
    Phase.DNS: Fault.TIMEOUT_DNS,
    Phase.CONNECT: Fault.TIMEOUT_CONNECT,
    Phase.TLS: Fault.TIMEOUT_TLS,
    Phase.WAIT: Fault.TIMEOUT_WAIT,
    Phase.TRANSFER: Fault.TIMEOUT_TRANSFER,
}


async def _answer(reader: ResponseReader, handshake: Handshake | None) -> None:
    """Wait until the reader is done. Raises CheckFailed."""
    try:
        await reader.done
    except CheckFailed as failed:
        if handshake is None or reader.has_heard:
            raise
        failure = await handshake.explained(failed.failure)
        raise CheckFailed.because_of(failure) from failed
