"""Which name TLS asks for and verifies where a Host header is given."""

import pytest

from monitors.domain.observation import Observation
from monitors.domain.spec import CheckSpec
from monitors.net.handshake import server_name
from monitors.probes import observe
from monitors.tests.chains import leaf, root
from monitors.tests.tls_server import TlsServer, tls_server
from monitors.tests.zoo import redirect

TOP = root()


async def ask(server: TlsServer, *hosts: str, **settings: object) -> Observation:
    given = tuple(("Host", host) for host in hosts)
    url = f"https://127.0.0.1:{server.port}/"
    spec = CheckSpec(url, headers=given, ca_bundle=TOP.pem, **settings)  # type: ignore[arg-type]
    return await observe(spec)


@pytest.mark.parametrize(
    ("host", "certified", "asked_for"),
    [
        ("shop.example", "shop.example", "shop.example"),
        ("SHOP.example:8443", "shop.example", "shop.example"),
        ("shop.example.", "shop.example", "shop.example"),
        ("bücher.example", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        # Addresses are verified but never asked for (RFC 6066, 3).
        ("192.0.2.7", "192.0.2.7", None),
        ("[2001:db8::7]:443", "2001:db8::7", None),
    ],
)
async def test_a_virtual_host_is_checked_by_its_address(
    host: str, certified: str, asked_for: str | None
) -> None:
    with tls_server(leaf(TOP, certified).serving()) as server:
        seen = await ask(server, host)
    assert seen.failure is None
    assert server.names == [asked_for]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("bücher.example", b"xn--bcher-kva.example"),
        ("BÜCHER.example:8443", b"xn--bcher-kva.example:8443"),
        ("Shop.Example:8443", b"Shop.Example:8443"),
        ("ü<b", "ü<b".encode()),
    ],
)
async def test_a_name_beyond_ascii_is_sent_as_servers_know_it(given: str, sent: bytes) -> None:
    with tls_server(leaf(TOP).serving()) as server:
        await ask(server, given, verify_tls=False)
    assert b"\r\nHost: " + sent + b"\r\n" in server.requests[0]


async def test_a_wrong_certificate_is_wrong_for_the_name_of_the_host_header() -> None:
    with tls_server(leaf(TOP, "127.0.0.1").serving()) as server:
        seen = await ask(server, "shop.example")
    assert seen.failure is not None
    assert seen.failure.message == "certificate is for 127.0.0.1, not for shop.example"


async def test_the_host_header_goes_to_its_own_origin_only() -> None:
    with tls_server(leaf(TOP).serving()) as other:
        away = redirect(f"https://localhost:{other.port}/".encode())
        with tls_server(leaf(TOP, "shop.example").serving(), away) as first:
            seen = await ask(first, "shop.example")
    assert seen.failure is None
    assert (first.names, other.names) == (["shop.example"], ["localhost"])
    assert f"Host: localhost:{other.port}\r\n".encode() in other.requests[0]


async def test_it_is_kept_where_the_origin_stays() -> None:
    with tls_server(leaf(TOP, "shop.example").serving(), redirect(b"/again")) as server:
        await ask(server, "shop.example")
    assert set(server.names) == {"shop.example"}
    assert len(server.names) > 1


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", "a.example"),
        ("a.example:80:80", "a.example"),
        ("nonsense here", "a.example"),
        ("b.example/path", "a.example"),
        ("ada@b.example", "a.example"),
        ("..", "a.example"),
        (".b.example", "a.example"),
        ("b" * 64 + ".example", "a.example"),
        ("b.example:99999", "b.example"),
        ("[::1", "a.example"),
        ("1.2.3.256", "a.example"),
    ],
)
def test_a_header_that_names_no_host_names_nothing(header: str, name: str) -> None:
    assert server_name(header, "a.example") == name


@pytest.mark.parametrize(("host", "name"), [("a.example.", "a.example"), ("fe80::1%lo", "fe80::1")])
def test_what_only_routing_knows_is_no_part_of_the_name(host: str, name: str) -> None:
    assert server_name("", host) == name
