from ipaddress import ip_network

import pytest

from monitors.net.guard import OPEN, GuardPolicy, is_refused

STRICT = GuardPolicy(refuse_private=True)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "192.0.0.192",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "::a9fe:a9fe",
        "::ffff:0:a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:a9fe:a9:fe00::",
        "2001:0:a9fe:a9fe::",
        "2001:0:808:808:0:0:5601:5601",
        "168.63.129.16",
        "::ffff:168.63.129.16",
        "fd20:ce::254",
        "fd00:42::42",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ],
)
def test_some_addresses_are_always_refused(address: str) -> None:
    everything = GuardPolicy(refuse_private=True, allowed=(ip_network("0.0.0.0/0"),))
    assert [is_refused(address, policy) for policy in (OPEN, STRICT, everything)] == [True] * 3


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "fd12::1",
        "fec0::1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "::ffff:0:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:a00:1::1",
        "2001:0:a00:1:0:0:f7f7:f7f7",
    ],
)
def test_private_addresses_are_refused_where_the_policy_says_so(address: str) -> None:
    assert (is_refused(address), is_refused(address, STRICT)) == (False, True)


def test_exceptions_are_allowed() -> None:
    policy = GuardPolicy(refuse_private=True, allowed=(ip_network("10.1.0.0/16"),))
    assert [is_refused(a, policy) for a in ("10.1.2.3", "10.2.0.1", "fd12::1")] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "2606:2800:220:1::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ],
)
def test_public_addresses_pass(address: str) -> None:
    assert not is_refused(address, STRICT)
