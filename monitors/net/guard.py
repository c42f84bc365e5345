"""Which resolved addresses may be contacted."""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

# Where clouds keep the credentials of the machine itself; link-local covers the common
# 169.254.169.254, these are the others.
METADATA: tuple[Network, ...] = (
    ip_network("fd00:ec2::/32"),  # Amazon, IPv6
    ip_network("100.100.100.200/32"),  # Alibaba
    ip_network("192.0.0.192/32"),  # Oracle
)
# RFC 6052 and RFC 3056: IPv4 addresses in IPv6 clothes, beside the mapped ones.
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """What is refused beyond the addresses that always are."""

    refuse_private: bool = False
    """Refuse loopback, private and other addresses that are not of the public internet."""
    allowed: tuple[Network, ...] = ()
    """Exceptions to `refuse_private`."""


OPEN = GuardPolicy()


@lru_cache(maxsize=65_536)
def is_refused(text: str, policy: GuardPolicy = OPEN) -> bool:
    """Tell whether a resolved address may not be contacted.

    Link-local, cloud metadata, multicast, broadcast and unspecified addresses never may.
    """
    address = _plain(ip_address(text))
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return True
    if _in(address, METADATA) or address == IPv4Address("255.255.255.255"):
        return True
    return policy.refuse_private and not address.is_global and not _in(address, policy.allowed)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Undress an IPv4 address that is written as IPv6."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _in(address: IPv4Address | IPv6Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
