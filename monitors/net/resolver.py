"""DNS without threads, every answer through the guard."""

import asyncio
import socket
from functools import lru_cache
from ipaddress import ip_address
from itertools import zip_longest
from weakref import WeakKeyDictionary

import aiodns
import pycares

from monitors.domain.reasons import Fault

from .errors import CheckFailed, blocked
from .guard import GuardPolicy, is_refused

_resolvers: WeakKeyDictionary[asyncio.AbstractEventLoop, aiodns.DNSResolver] = WeakKeyDictionary()

# No name server could be asked at all, or there was nothing left to ask it with.
_OURS = {
    pycares.errno.ARES_ECONNREFUSED,
    pycares.errno.ARES_ENOMEM,
    pycares.errno.ARES_EFILE,
    pycares.errno.ARES_ENOTINITIALIZED,
    pycares.errno.ARES_EDESTRUCTION,
}
_UNKNOWN = {pycares.errno.ARES_ENOTFOUND, pycares.errno.ARES_ENONAME}


async def resolve(host: str, policy: GuardPolicy, *, prefer_ipv6: bool = False) -> list[str]:
    """Give the addresses of a host that may be contacted, in the order to try them.

    The families take turns (RFC 8305, 4), so that one that is dead as a whole costs little. An
    address needs no lookup. Raises CheckFailed: the name does not exist, has no address, leads
    only where nobody may go, or no server answered. Ends when it is cancelled; the caller holds
    the deadline.
    """
    if "%" in host and not is_address(host):
        raise blocked(host, host)
    addresses = [host] if is_address(host) else await _look_up(host)
    allowed = [address for address in addresses if not is_refused(address, policy)]
    if not allowed:
        refused = _in_turns(addresses, prefer_ipv6=prefer_ipv6)
        raise blocked(host, refused[0])
    return _in_turns(allowed, prefer_ipv6=prefer_ipv6)


def _in_turns(addresses: list[str], *, prefer_ipv6: bool) -> list[str]:
    """Let the families alternate; within each, c-ares has sorted them by RFC 6724."""
    if len(addresses) == 1:
        return addresses
    first = [address for address in addresses if (":" in address) is prefer_ipv6]
    second = [address for address in addresses if (":" in address) is not prefer_ipv6]
    turns = zip_longest(first, second)
    return [address for turn in turns for address in turn if address is not None]


@lru_cache(maxsize=65_536)
def is_address(host: str) -> bool:
    """Tell an IP address from a name; only those of IPv6 may have a scope (fe80::1%eth0)."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def _look_up(host: str) -> list[str]:
    try:
        found = await _resolver().getaddrinfo(
            host, family=socket.AF_UNSPEC, type=socket.SOCK_STREAM
        )
    except aiodns.error.DNSError as error:
        raise _failed(host, error) from error
    addresses = [node.addr[0].decode() for node in found.nodes]
    if not addresses:
        raise CheckFailed(Fault.HOST_WITHOUT_ADDRESS, host=host)
    return addresses


def _in_a_sentence(detail: str) -> str:
    # Not what begins with an acronym, like "DNS server returned general failure".
    return detail if detail[1:2].isupper() else detail[:1].lower() + detail[1:]


def _failed(host: str, error: aiodns.error.DNSError) -> CheckFailed:
    code, detail = error.args[0], str(error.args[-1])
    if code in _OURS:
        return CheckFailed(Fault.NO_NAME_SERVER, detail=_in_a_sentence(detail))
    if code in _UNKNOWN:
        return CheckFailed(Fault.HOST_UNKNOWN, host=host)
    if code == pycares.errno.ARES_ENODATA:
        return CheckFailed(Fault.HOST_WITHOUT_ADDRESS, host=host)
    return CheckFailed(Fault.DNS_FAILED, host=host, detail=_in_a_sentence(detail))


def _resolver() -> aiodns.DNSResolver:
    loop = asyncio.get_running_loop()
    if loop not in _resolvers:
        _resolvers[loop] = aiodns.DNSResolver(loop=loop)
    return _resolvers[loop]
