"""A TLS server whose kernel side behaves as those of the world do: alerts first, then a reset."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Thread

from cryptography import x509

from .zoo import answer


@dataclass(slots=True)
class TlsServer:
    """What it was asked, and who asked."""

    port: int
    asks_late: bool = False
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    """Asked for by SNI."""
    clients: list[str] = field(default_factory=list)
    """Subjects of the certificates that clients showed."""
    resumed: list[bool | None] = field(default_factory=list)


@contextlib.contextmanager
def tls_server(
    context: ssl.SSLContext, said: bytes = answer(), *, asks_late: bool = False
) -> Iterator[TlsServer]:
    """Serve one connection after the other while the block lasts.

    asks_late: for the client's certificate, only when the request has been read.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        server = TlsServer(listening.getsockname()[1], asks_late)

        def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
            server.names.append(name)

        context.sni_callback = note
        thread = Thread(target=_serve, args=(listening, context, said, server))
        thread.start()
        try:
            yield server
        finally:
            # Closing alone does not wake who waits in accept.
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(
    listening: socket.socket, context: ssl.SSLContext, said: bytes, server: TlsServer
) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        connection.settimeout(5)
        with contextlib.suppress(OSError), connection:
            _meet(context.wrap_socket(connection, server_side=True), said, server)


def _meet(secured: ssl.SSLSocket, said: bytes, server: TlsServer) -> None:
    with secured:
        request = b""
        while b"\r\n\r\n" not in request:
            received = secured.recv(4_096)
            if not received:
                return
            request += received
        server.requests.append(request)
        server.resumed.append(secured.session_reused)
        if server.asks_late:
            secured.verify_client_post_handshake()
            # The answer to that comes with what is read and written next.
            secured.sendall(said[:1])
            said = said[1:]
            secured.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                secured.recv(1)
        if (der := secured.getpeercert(binary_form=True)) is not None:
            server.clients.append(x509.load_der_x509_certificate(der).subject.rfc4514_string())
        secured.sendall(said)
