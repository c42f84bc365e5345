"""Certificates and handshakes beyond what one server with one certificate can show."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from monitors.domain.spec import CheckSpec
from monitors.probes import observe
from monitors.tests.zoo import Authorities


@contextlib.contextmanager
def second_handshake_after(seconds: float, tls: ssl.SSLContext) -> Iterator[int]:
    """Serve TLS at once to the first who comes, and late to the second; give the port."""
    over = Event()

    def meet(server: socket.socket) -> None:
        for wait_s in (0.0, seconds):
            with contextlib.suppress(OSError), server.accept()[0] as connection:
                connection.settimeout(5)
                over.wait(wait_s)
                tls.wrap_socket(connection, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        thread = Thread(target=meet, args=[server])
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


async def ask(seconds: float, authorities: Authorities, timeout_s: float) -> tuple[str, float]:
    """Give the message about an expired certificate, and the time that the handshake took."""
    with second_handshake_after(seconds, authorities.expired()) as port:
        seen = await observe(CheckSpec(f"https://127.0.0.1:{port}/", timeout_s=timeout_s))
    assert seen.failure is not None
    assert seen.phases.tls_ms is not None
    return seen.failure.message, seen.phases.tls_ms


async def test_asking_for_a_refused_certificate_is_no_time_of_the_target(
    authorities: Authorities,
) -> None:
    message, tls_ms = await ask(0.4, authorities, timeout_s=5.0)
    assert message == "certificate of 127.0.0.1 expired 3 days ago"
    assert tls_ms < 300


@pytest.mark.parametrize(("timeout_s", "within_s"), [(9.0, 1.5), (0.6, 0.6)])
async def test_a_refused_certificate_is_not_waited_for(
    authorities: Authorities, timeout_s: float, within_s: float
) -> None:
    began = asyncio.get_running_loop().time()
    message, tls_ms = await ask(60, authorities, timeout_s)
    assert message == (
        "certificate of 127.0.0.1 is not trusted: it or one of its issuers has expired"
    )
    assert asyncio.get_running_loop().time() - began < within_s
    assert tls_ms < 300
