"""Fast local targets in a process of their own: plain, over TLS, and one that takes 300 ms."""

import asyncio
import contextlib
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
import uvloop

ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 2\r\nConnection: close\r\n\r\nok"
)
SLOW_S = 0.3
BACKLOG = 8_192
# A checker knows hosts by their address. All of these are this machine's.
HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 17))


@dataclass(frozen=True, slots=True)
class Targets:
    http: str
    https: str
    slow: str
    silent: str
    """Accepts, and never answers."""
    authority: str
    """A file with the certificate that the https target is signed by, for SSL_CERT_FILE."""

    def on_all_hosts(self, scheme: str) -> list[str]:
        """Give the target of a scheme at each address that it listens on."""
        url: str = getattr(self, scheme)
        return [url.replace("127.0.0.1", host) for host in HOSTS]


@contextlib.contextmanager
def running() -> Iterator[Targets]:
    """Serve while the block lasts, on free ports."""
    with tempfile.TemporaryDirectory() as folder:
        authority = trustme.CA()
        issued = authority.issue_cert(*HOSTS, "localhost")
        authority.cert_pem.write_to_path(f"{folder}/authority.pem")
        issued.private_key_and_cert_chain_pem.write_to_path(f"{folder}/server.pem")
        server = subprocess.Popen(
            [sys.executable, __file__, folder], stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            plain, secure, slow, silent = server.stdout.readline().split()
            yield Targets(
                f"http://127.0.0.1:{plain}/",
                f"https://127.0.0.1:{secure}/",
                f"http://127.0.0.1:{slow}/",
                f"http://127.0.0.1:{silent}/",
                f"{folder}/authority.pem",
            )
        finally:
            server.terminate()
            server.wait()


class Quick(asyncio.Protocol):
    transport: Any  # uvloop's transports are no asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        del data
        self.answer()

    def answer(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(ANSWER)
            self.transport.close()


class Slow(Quick):
    def data_received(self, data: bytes) -> None:
        del data
        asyncio.get_running_loop().call_later(SLOW_S, self.answer)


class Silent(Quick):
    def answer(self) -> None:
        """Say nothing."""


async def serve(folder: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "server.pem")
    loop = asyncio.get_running_loop()
    ports = []
    for protocol, context in ((Quick, None), (Quick, tls), (Slow, None), (Silent, None)):
        port = 0
        for host in HOSTS:
            server = await loop.create_server(protocol, host, port, ssl=context, backlog=BACKLOG)
            port = server.sockets[0].getsockname()[1]
        ports.append(port)
    print(*ports, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1])))
