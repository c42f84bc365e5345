"""Servers that misbehave, each in one way: what they say, byte by byte."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtensionOID, NameOID


@dataclass(frozen=True, slots=True)
class Wait:
    seconds: float


@dataclass(frozen=True, slots=True)
class Again:
    """Say something over and over, with a pause in between, until nobody listens."""

    said: bytes
    every_s: float = 0.0


class End:
    """Ways to end that are no orderly close."""


HANG, RESET = End(), End()

Step = bytes | Wait | Again | End
Script = Sequence[Step]


@dataclass(slots=True)
class Enclosure:
    """One server that plays its scripts, one a connection, the last one for all that follow."""

    scripts: Sequence[Script]
    tls: ssl.SSLContext | None = None
    speaks_first: bool = False
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Enclosure"]:
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._play(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the visitor has left, or the zoo closes
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self.scripts[min(len(self.requests), len(self.scripts) - 1)]
        self.requests.append(b"")
        if not self.speaks_first:
            self.requests[-1] = await reader.readuntil(b"\r\n\r\n")
        for step in script:
            await _perform(step, writer)
        writer.close()
        await writer.wait_closed()


async def _perform(step: Step, writer: asyncio.StreamWriter) -> None:
    match step:
        case bytes():
            writer.write(step)
            await writer.drain()
        case Wait():
            await asyncio.sleep(step.seconds)
        case Again():
            while True:
                writer.write(step.said)
                await writer.drain()
                await asyncio.sleep(step.every_s)
        case End():
            if step is RESET:
                sock = writer.get_extra_info("socket")
                linger = struct.pack("ii", 1, 0)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
                raise ConnectionResetError
            await asyncio.sleep(3_600)


def answer(body: bytes = b"ok", *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """Give a well-formed response with a length."""
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers, b"", body]
    return b"\r\n".join(lines)


def redirect(to: bytes, *headers: bytes, status: bytes = b"302 Found") -> bytes:
    return answer(b"", b"Location: " + to, *headers, status=status)


class Authorities:
    """A trusted authority and one that nobody knows, and what they sign."""

    def __init__(self) -> None:
        self.trusted = trustme.CA()
        self.unknown = trustme.CA()

    def good(self, days_left: float = 90) -> ssl.SSLContext:
        return self._context(not_after=datetime.now(UTC) + timedelta(days=days_left))

    def expired(self) -> ssl.SSLContext:
        now = datetime.now(UTC)
        return self._context(not_before=now - timedelta(days=90), not_after=now - timedelta(days=3))

    def not_yet_valid(self) -> ssl.SSLContext:
        now = datetime.now(UTC)
        return self._context(not_before=now + timedelta(days=3), not_after=now + timedelta(days=90))

    def of_another_host(self) -> ssl.SSLContext:
        return _serving(self.trusted.issue_cert("other.example", "www.other.example"))

    def of_another_authority(self) -> ssl.SSLContext:
        return _serving(self.unknown.issue_cert("127.0.0.1"))

    def with_an_odd_name(self) -> ssl.SSLContext:
        """Serve a certificate whose alternative name is an X.400 address."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "odd.example")])
        now = datetime.now(UTC)
        odd = x509.UnrecognizedExtension(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"\x30\x04\xa3\x02\x30\x00"
        )
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=90))
            .add_extension(odd, critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        return _serving(trustme.LeafCert(pem, made.public_bytes(Encoding.PEM), []))

    def wants_a_client_certificate(
        self, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    ) -> ssl.SSLContext:
        context = self.good()
        context.verify_mode = ssl.CERT_REQUIRED
        self.trusted.configure_trust(context)
        context.maximum_version = version
        return context

    def _context(
        self, *, not_before: datetime | None = None, not_after: datetime
    ) -> ssl.SSLContext:
        names = ("127.0.0.1", "localhost")
        issued = self.trusted.issue_cert(*names, not_before=not_before, not_after=not_after)
        return _serving(issued)


def _serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
