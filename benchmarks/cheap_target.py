"""The cheapest target: a process that answers 200 at the loopback addresses, and no more.

The kernel hands a connection over once its request is there (TCP_DEFER_ACCEPT, tcp(7)), so each
takes four calls and no event loop: with the checkers and their database on the same cores, what the
target takes is not theirs.
"""

import contextlib
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from targets import ANSWER, BACKLOG, HOSTS

DEFERRED_S = 5
MOST_REQUEST_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class CheapTarget:
    process_id: int
    urls: str
    """One for each address, with a space between."""


@contextlib.contextmanager
def running() -> Iterator[CheapTarget]:
    """Serve while the block lasts, on a free port."""
    server = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        yield CheapTarget(server.pid, " ".join(f"http://{host}:{port}/" for host in HOSTS))
    finally:
        server.terminate()
        server.wait()


def serve() -> None:
    selector = selectors.DefaultSelector()
    port = 0
    for host in HOSTS:
        listener = socket.create_server((host, port), backlog=BACKLOG)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, DEFERRED_S)
        listener.setblocking(False)  # noqa: FBT003 - its signature
        port = listener.getsockname()[1]
        selector.register(listener, selectors.EVENT_READ, listener)
    print(port, flush=True)
    while True:
        for key, _ in selector.select():
            answer_all(key.data)


def answer_all(listener: socket.socket) -> None:
    """Answer what has come to an address; whoever has gone away meanwhile is not missed."""
    with contextlib.suppress(BlockingIOError):
        while True:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(MOST_REQUEST_BYTES)
                connection.send(ANSWER)


if __name__ == "__main__":
    serve()
