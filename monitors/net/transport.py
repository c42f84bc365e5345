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
import ssl
from dataclasses import dataclass, field

import httpx

from monitors.domain.observation import Certificate
from monitors.domain.reasons import Failure, Fault

from . import tls
from .connecting import Endpoint, connect, connect_to
from .errors import CheckFailed
from .guard import OPEN, GuardPolicy
from .phases import Phase, PhaseClock
from .resolver import is_address, resolve
from .wire import ResponseReader

DEFAULT_BODY_LIMIT = 1_048_576
_PORTS = {"http": 80, "https": 443}
# Over the 60 s that a check may take: the deadline is the caller's.
_HANDSHAKE_S = 120
_SECOND_HANDSHAKE_S = 1.0


@dataclass(slots=True)
class FreshConnectionTransport(httpx.AsyncBaseTransport):
    """One check's transport: it serves the requests of one redirect chain, one after the other."""

    verify_tls: bool = True
    ca_bundle: str = ""
    prefer_ipv6: bool = False
    body_limit: int = DEFAULT_BODY_LIMIT
    policy: GuardPolicy = OPEN
    deadline: float = math.inf
    """When the caller's time is up, as the loop tells it."""
    clock: PhaseClock = field(default_factory=PhaseClock)
    endpoint: Endpoint = field(default_factory=Endpoint)
    certificate: Certificate | None = None
    body: bytes = b""
    """Of the last response, decoded and cut at the limit; the response itself holds none."""
    body_complete: bool = True
    _reader: ResponseReader | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request over a connection of its own. Raises CheckFailed."""
        url = request.url
        # RFC 6874: the % before the scope of an IPv6 address is itself escaped in a URL.
        host = url.raw_host.decode("ascii").replace("%25", "%", 1)
        self.endpoint = Endpoint(host, "", url.port or _PORTS[url.scheme])
        if not is_address(self.endpoint.host):
            self.clock.enter(Phase.DNS)
        addresses = await resolve(self.endpoint.host, self.policy, prefer_ipv6=self.prefer_ipv6)
        self.clock.enter(Phase.CONNECT)
        connected = await connect(self.endpoint, addresses, self.deadline)
        reader = self._reader = ResponseReader(
            self.clock, self.body_limit, head_only=request.method == "HEAD"
        )
        reader.peer = (self.endpoint.address, self.endpoint.port)
        secure = url.scheme == "https"
        try:
            await self._open(reader, connected, secure=secure)
            self.clock.enter(Phase.WAIT)
            if reader.transport is not None:
                reader.transport.write(_serialised(request))
            await reader.done
        finally:
            if reader.transport is not None:
                reader.transport.abort()
        self.body, self.body_complete = bytes(reader.body), reader.body_complete
        return _response(reader)

    def timed_out(self, timeout_s: float, stalled_s: float = 0.0) -> Failure:
        """Say what the check was waiting for when its time was up.

        `stalled_s`: for so much of it our own loop stood still, so that it may not be the target's
        fault.
        """
        read = len(self._reader.body) if self._reader is not None else 0
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

    async def _open(self, reader: ResponseReader, sock: socket.socket, *, secure: bool) -> None:
        """Hand the connection to the reader, after the handshake where there is one."""
        loop = asyncio.get_running_loop()
        try:
            if not secure:
                await loop.create_connection(lambda: reader, sock=sock)
                return
            self.clock.enter(Phase.TLS)
            await loop.create_connection(
                lambda: reader,
                sock=sock,
                ssl=self._tls_context(),
                server_hostname=self.endpoint.host,
                ssl_handshake_timeout=_HANDSHAKE_S,
            )
        except ssl.SSLCertVerificationError as error:
            shown = await self._shown_certificate()
            raise tls.unverified(error, self.endpoint.host, shown) from error
        except ssl.SSLError as error:
            raise tls.failed(error, *reader.peer) from error
        except OSError as error:
            address, port = reader.peer
            raise CheckFailed(Fault.TLS_CLOSED, address=address, port=port) from error
        except BaseException:
            sock.close()
            raise
        if reader.transport is not None:
            self.certificate = tls.certificate(reader.transport.get_extra_info("ssl_object"))

    def _tls_context(self) -> ssl.SSLContext:
        try:
            return tls.context(verify=self.verify_tls, ca_bundle=self.ca_bundle)
        except ssl.SSLError as error:
            detail = "the CA bundle in the settings cannot be read"
            raise CheckFailed(
                Fault.TLS_UNTRUSTED, host=self.endpoint.host, detail=detail
            ) from error

    async def _shown_certificate(self) -> Certificate | None:
        """Shake hands once more without verifying: OpenSSL keeps no certificate that it refused.

        The verdict stands by then, so this is no time of the target's and never all that is left.
        """
        self.clock.stop()
        left_s = self.deadline - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(_SECOND_HANDSHAKE_S, left_s / 2)):
                return await self._unverified_certificate()
        except (CheckFailed, OSError):
            return None

    async def _unverified_certificate(self) -> Certificate | None:
        reader = ResponseReader(PhaseClock(), 0, head_only=True)
        sock = await connect_to(self.endpoint, self.endpoint.address)
        try:
            transport, _ = await asyncio.get_running_loop().create_connection(
                lambda: reader,
                sock=sock,
                ssl=tls.context(verify=False),
                server_hostname=self.endpoint.host,
            )
        except BaseException:
            sock.close()
            raise
        shown = tls.certificate(transport.get_extra_info("ssl_object"))
        transport.abort()
        return shown


_TIMEOUTS = {
    Phase.DNS: Fault.TIMEOUT_DNS,
    Phase.CONNECT: Fault.TIMEOUT_CONNECT,
    Phase.TLS: Fault.TIMEOUT_TLS,
    Phase.WAIT: Fault.TIMEOUT_WAIT,
    Phase.TRANSFER: Fault.TIMEOUT_TRANSFER,
}


def _serialised(request: httpx.Request) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%s: %s" % (name, value) for name, value in request.headers.raw]
    return b"\r\n".join([*lines, b"", request.content])


def _response(reader: ResponseReader) -> httpx.Response:
    extensions = {"reason_phrase": reader.reason_phrase, "http_version": b"HTTP/1.1"}
    return httpx.Response(reader.status_code, headers=reader.headers, extensions=extensions)
