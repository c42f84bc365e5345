"""The address guard for what is sent: the same settings as for checks."""

from functools import lru_cache
from ipaddress import ip_network

from django.conf import settings

from monitors.net.guard import GuardPolicy


def policy() -> GuardPolicy:
    return _policy(settings.REFUSE_PRIVATE_ADDRESSES, tuple(settings.ALLOWED_NETWORKS))


@lru_cache(maxsize=8)
def _policy(refuse_private: bool, allowed: tuple[str, ...]) -> GuardPolicy:
    return GuardPolicy(refuse_private, tuple(ip_network(network) for network in allowed))
