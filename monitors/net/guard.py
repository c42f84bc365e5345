"""Which resolved addresses may be contacted."""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NEVER: tuple[Network, ...] = (
    # Where clouds keep the credentials of the machine itself; link-local covers the common
    # 169.254.169.254, these are the others.
    ip_network("fd00:ec2::/32"),  # Amazon, IPv6
    ip_network("fd20:ce::254/128"),  # Google, IPv6
    ip_network("fd00:42::42/128"),  # Scaleway, IPv6
    ip_network("100.100.100.200/32"),  # Alibaba
    ip_network("168.63.129.16/32"),  # Azure
    ip_network("192.0.0.192/32"),  # Oracle
    ip_network("255.255.255.255/32"),
    # RFC 8215: each network decides for itself where in these an IPv4 address stands.
    ip_network("64:ff9b:1::/48"),
)
# Networks whose last 32 bits are an IPv4 address.
_IPV4_LAST: tuple[Network, ...] = (
    ip_network("::ffff:0:0/96"),  # mapped, RFC 4291
    ip_network("::/96"),  # compatible, RFC 4291
    ip_network("::ffff:0:0:0/96"),  # translated, RFC 2765
    ip_network("64:ff9b::/96"),  # NAT64, RFC 6052
)
_LOOPBACK = int(IPv6Address("::1"))


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
    return any(_is_refused(address, policy) for address in _meant(ip_address(text)))


def _is_refused(address: Address, policy: GuardPolicy) -> bool:
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return True
    if _in(address, NEVER):
        return True
    return policy.refuse_private and not _is_public(address) and not _in(address, policy.allowed)


def _is_public(address: Address) -> bool:
    # Site-local addresses (RFC 3879) are out of use, and yet of no public network.
    return address.is_global and not (isinstance(address, IPv6Address) and address.is_site_local)


def _meant(address: Address) -> tuple[Address, ...]:
    """Give the addresses that one stands for: IPv6 has many ways to carry IPv4."""
    if isinstance(address, IPv4Address) or int(address) <= _LOOPBACK:
        return (address,)
    if _in(address, _IPV4_LAST):
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    if address.sixtofour is not None:
        return (address, address.sixtofour)
    # Teredo (RFC 4380) carries two: the server and the client.
    return (address, *(address.teredo or ()))


def _in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
