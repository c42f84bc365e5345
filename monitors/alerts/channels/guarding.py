"""The address guard for what is sent: the same settings as for checks."""

import socket
from functools import lru_cache
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from urllib3.util import connection

from monitors.net.errors import blocked
from monitors.net.guard import GuardPolicy, is_refused

_unguarded = connection.create_connection


def policy() -> GuardPolicy:
    return _policy(settings.REFUSE_PRIVATE_ADDRESSES, tuple(settings.ALLOWED_NETWORKS))


@lru_cache(maxsize=8)
def _policy(refuse_private: bool, allowed: tuple[str, ...]) -> GuardPolicy:
    return GuardPolicy(refuse_private, tuple(ip_network(network) for network in allowed))


def guard_urllib3() -> None:
    """Let urllib3 connect only where checks may, after a redirect too.

    requests, which is what Apprise sends by, has no place to say so: it opens each connection by
    this one function.
    """
    connection.create_connection = _connect


def _connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
    """Connect to an address of a host that may be contacted. Raises OSError."""
    host, port = address[0].strip("[]"), address[1]
    found = [entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    allowed = [str(ip) for ip in dict.fromkeys(found) if not is_refused(str(ip), policy())]
    error = OSError(str(blocked(host, str(found[0]))))
    for ip in allowed:
        try:
            return _unguarded((ip, port), *args, **kwargs)
        except OSError as failure:
            error = failure
    raise error
