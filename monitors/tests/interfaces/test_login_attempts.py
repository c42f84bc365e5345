"""From where somebody logs in."""

from typing import Any

import pytest
from django.test import RequestFactory

from monitors.interfaces.login_attempts import client_address


def seen(peer: str, forwarded: str | None = None) -> str | None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory(REMOTE_ADDR=peer, headers=headers).get("/"))


@pytest.mark.parametrize(
    ("peer", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", None),
        ("unix:", None),
    ],
)
def test_a_stranger_is_where_the_connection_comes_from(peer: str, place: str | None) -> None:
    assert seen(peer) == place
    assert seen(peer, "203.0.113.9") == place


@pytest.mark.parametrize(
    ("forwarded", "place"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("10.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1,203.0.113.9 ", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::"),
        ("[2001:db8::1]", "2001:db8::"),
        ("2001:db8::1", "2001:db8::"),
        ("unknown", "127.0.0.1"),
        ("203.0.113.9, ", "127.0.0.1"),
        ("", "127.0.0.1"),
        (None, "127.0.0.1"),
    ],
)
def test_behind_a_proxy_a_client_is_where_the_proxy_saw_it(
    settings: Any, forwarded: str | None, place: str
) -> None:
    settings.BEHIND_HTTPS_PROXY = True
    assert seen("127.0.0.1", forwarded) == place
