"""Opens a connection to one of the addresses of a host: the first one that answers."""

import asyncio
import errno
import os
import socket
from dataclasses import dataclass

from monitors.domain.reasons import Fault

from .errors import CheckFailed

# RFC 8305, section 5: when the next address is tried although the last one may still answer.
ATTEMPT_DELAY_S = 0.25
# Each attempt holds a socket; beyond these the oldest gives way, by then two seconds old.
MAX_AT_A_TIME = 8
# What our own machine says at once, without having asked anybody: it has no route, no port left, or
# a rule of its own against it.
_NO_WAY_OUT = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.EADDRNOTAVAIL,
    errno.EACCES,
    errno.EPERM,
    errno.EINVAL,
}
# A kernel without IPv6, or a program that may not use it.
_NO_SUCH_FAMILY = {errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT}
_NO_ROUTE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EACCES}
# Where addresses fail each in its way, the first of these says most about the target.
# Where this machine had no socket left, nothing is known; where it has no route to some of them
# (as without IPv6), the others speak.
_TELLING = (
    Fault.NO_SOCKET,
    Fault.REFUSED,
    Fault.CONNECT_FAILED,
    Fault.UNREACHABLE,
    Fault.NO_WAY_OUT,
)


@dataclass(slots=True)
class Endpoint:
    """Where the request in hand goes, as far as it is known."""

    host: str = ""
    address: str = ""
    """The one that is connected to; until there is one, the first that still may be."""
    port: int = 0
    tried: int = 0
    """How many addresses were asked for a connection."""


async def connect(endpoint: Endpoint, addresses: list[str], deadline: float) -> socket.socket:
    """Connect to the first address that answers, each tried while those before are (RFC 8305).

    The next one is tried as soon as one has failed, or after a quarter of a second; sooner where
    the time until the deadline, a time of the loop, is not enough for all. Raises CheckFailed with
    the most telling failure.
    """
    left_s = deadline - asyncio.get_running_loop().time()
    race = _Race(endpoint, addresses, min(ATTEMPT_DELAY_S, left_s / len(addresses)))
    try:
        return await race.run()
    finally:
        race.end()


async def connect_to(endpoint: Endpoint, address: str) -> socket.socket:
    """Connect to an address, which is no name. Raises CheckFailed."""
    return await connect(endpoint, [address], float("inf"))


class _Race:
    """The attempts to connect to one host.

    Works with the loop's readiness alone: uvloop's sock_connect asks getaddrinfo in a thread even
    for an address, which costs more than the connection, and so would a task for each.
    """

    def __init__(self, endpoint: Endpoint, addresses: list[str], delay_s: float) -> None:
        self._endpoint = endpoint
        self._delay_s = delay_s
        self._left = addresses[::-1]
        self._racing: dict[socket.socket, str] = {}
        self._failures: list[CheckFailed] = []
        self._winner: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[socket.socket] = self._loop.create_future()

    async def run(self) -> socket.socket:
        """Give the first connection that stands. Raises CheckFailed."""
        self._go_on()
        sock = await self._over
        # Not before: the check may be cancelled between the one and the other.
        self._winner = None
        return sock

    def end(self) -> None:
        """Close whatever is not given away, however the race ended."""
        if self._timer is not None:
            self._timer.cancel()
        for sock in self._racing:
            self._loop.remove_writer(sock)
            sock.close()
        if self._winner is not None:
            self._winner.close()
        # They refer back: all of this would wait until somebody looks for garbage.
        del self._over, self._failures

    def _go_on(self) -> None:
        """Begin with the next address, and with those after it where it fails at once."""
        if self._timer is not None:
            self._timer.cancel()
        while self._left and not self._begin(self._left.pop()):
            pass
        if self._over.done():
            return
        if self._left:
            self._timer = self._loop.call_later(self._delay_s, self._go_on)
        elif not self._racing:
            self._lose(min(self._failures, key=_says_less))

    def _begin(self, address: str) -> bool:
        """Try an address; tell whether it may still answer, or has."""
        if len(self._racing) >= MAX_AT_A_TIME:
            self._drop(next(iter(self._racing))).close()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            self._failures.append(self._unopened(error, address))
            return False
        self._endpoint.tried += 1
        self._racing[sock] = address
        self._name_the_first()
        try:
            sock.setblocking(False)  # noqa: FBT003 - its signature
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            outcome = sock.connect_ex((address, self._endpoint.port))
        except OSError as error:
            return self._fail(sock, error)
        if outcome in _NO_WAY_OUT:
            return self._fail(sock, OSError(outcome, os.strerror(outcome)), Fault.NO_WAY_OUT)
        return self._take(sock, outcome)

    def _unopened(self, error: OSError, address: str) -> CheckFailed:
        """Say what a socket that cannot be made means: without IPv6, nothing for the others."""
        if error.errno not in _NO_SUCH_FAMILY:
            return CheckFailed(Fault.NO_SOCKET, detail=_detail(error))
        return _unconnected(error, address, self._endpoint.port, Fault.NO_WAY_OUT)

    def _take(self, sock: socket.socket, outcome: int) -> bool:
        """Take what came of an attempt; tell whether it may still answer, or has."""
        if outcome == errno.EINPROGRESS:
            self._loop.add_writer(sock, self._meet, sock)
            return True
        if outcome:
            return self._fail(sock, OSError(outcome, os.strerror(outcome)))
        address = self._racing[sock]
        self._winner = self._drop(sock)
        self._endpoint.address = address
        self._over.set_result(sock)
        return True

    def _meet(self, sock: socket.socket) -> None:
        if self._over.done():
            return
        if not self._take(sock, sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
            self._go_on()

    def _fail(self, sock: socket.socket, error: OSError, fault: Fault | None = None) -> bool:
        failed = _unconnected(error, self._racing[sock], self._endpoint.port, fault)
        failed.__cause__ = error
        self._failures.append(failed)
        self._drop(sock).close()
        return False

    def _lose(self, failure: CheckFailed) -> None:
        self._endpoint.address = failure.failure.facts.get("address", "")
        self._over.set_exception(failure)

    def _drop(self, sock: socket.socket) -> socket.socket:
        self._loop.remove_writer(sock)
        del self._racing[sock]
        self._name_the_first()
        return sock

    def _name_the_first(self) -> None:
        if self._racing:
            self._endpoint.address = next(iter(self._racing.values()))


def _says_less(failure: CheckFailed) -> int:
    return _TELLING.index(failure.failure.fault)


def _unconnected(error: OSError, address: str, port: int, fault: Fault | None) -> CheckFailed:
    if isinstance(error, ConnectionRefusedError):
        return CheckFailed(Fault.REFUSED, address=address, port=port)
    if fault is None:
        fault = Fault.UNREACHABLE if error.errno in _NO_ROUTE else Fault.CONNECT_FAILED
    return CheckFailed(fault, address=address, port=port, detail=_detail(error))


def _detail(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
