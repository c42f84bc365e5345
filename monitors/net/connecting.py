"""Opens a connection to one of the addresses of a host."""

import asyncio
import errno
import os
import socket
from dataclasses import dataclass

from monitors.domain.reasons import Fault

from .errors import CheckFailed

_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EACCES}
_PATIENCE_S = 2.0


@dataclass(slots=True)
class Endpoint:
    """Where the request in hand goes, as far as it is known."""

    host: str = ""
    address: str = ""
    port: int = 0


async def connect(endpoint: Endpoint, addresses: list[str], deadline: float) -> socket.socket:
    """Try the addresses in turn; each but the last has its share of the time that is left.

    The deadline is a time of the loop. The endpoint tells the address that is being tried. Raises
    CheckFailed for the last one.
    """
    now = asyncio.get_running_loop().time
    for tried, address in enumerate(addresses[:-1]):
        share_s = (deadline - now()) / (len(addresses) - tried)
        try:
            async with asyncio.timeout(min(_PATIENCE_S, share_s)):
                return await connect_to(endpoint, address)
        except (CheckFailed, TimeoutError):
            continue
    return await connect_to(endpoint, addresses[-1])


async def connect_to(endpoint: Endpoint, address: str) -> socket.socket:
    """Connect to an address, which is no name. Raises CheckFailed."""
    endpoint.address = address
    port = endpoint.port
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)  # noqa: FBT003 - its signature
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await _finish_connecting(sock, sock.connect_ex((address, port)))
    except OSError as error:
        sock.close()
        raise _unconnected(error, address, port) from error
    except BaseException:
        sock.close()
        raise
    return sock


async def _finish_connecting(sock: socket.socket, outcome: int) -> None:
    """Wait until a connection stands. Raises OSError.

    uvloop's sock_connect asks getaddrinfo in a thread even for an address, which costs more than
    the connection.
    """
    if outcome == errno.EINPROGRESS:
        loop = asyncio.get_running_loop()
        ready = loop.create_future()
        loop.add_writer(sock, _set_ready, ready)
        try:
            await ready
        finally:
            loop.remove_writer(sock)
        outcome = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if outcome:
        raise OSError(outcome, os.strerror(outcome))


def _set_ready(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)


def _unconnected(error: OSError, address: str, port: int) -> CheckFailed:
    if isinstance(error, ConnectionRefusedError):
        return CheckFailed(Fault.REFUSED, address=address, port=port)
    fault = Fault.UNREACHABLE if error.errno in _NO_ROUTE else Fault.CONNECT_FAILED
    detail = (error.strerror or str(error)).lower()
    return CheckFailed(fault, address=address, port=port, detail=detail)
