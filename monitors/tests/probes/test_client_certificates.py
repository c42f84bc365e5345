"""Who we are, for servers that want to know."""

import asyncio
import ssl
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvloop

from monitors.domain.reasons import Reason
from monitors.domain.result import CheckResult, Status
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge
from monitors.net import tls
from monitors.net.connecting import Endpoint
from monitors.net.transport import FreshConnectionTransport
from monitors.probes import observe
from monitors.tests.chains import Link, in_days, intermediate, leaf, root
from monitors.tests.tls_server import TlsServer, tls_server
from monitors.tests.zoo import redirect

TOP, CLIENTS = root(), root("Clients")
SERVED = leaf(TOP)
MINE = leaf(intermediate(CLIENTS, "Robots"), "robot.example")
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


def wanting(version: ssl.TLSVersion, mode: ssl.VerifyMode = ssl.CERT_REQUIRED) -> ssl.SSLContext:
    context = SERVED.serving()
    context.maximum_version = version
    context.load_verify_locations(cadata=CLIENTS.pem)
    context.verify_mode = mode
    return context


def showing(link: Link) -> dict[str, str]:
    return {"client_certificate": link.chain_pem, "client_key": link.key_pem()}


async def check(server: TlsServer, **settings: Any) -> CheckResult:
    url = f"https://127.0.0.1:{server.port}/"
    spec = CheckSpec(url, ca_bundle=TOP.pem, **settings)
    return judge(spec, await observe(spec))


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_that_wants_a_certificate_gets_it_with_its_chain(
    version: ssl.TLSVersion, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    with (
        tls_server(wanting(version)) as server,
        asyncio.Runner(loop_factory=loop) as runner,
    ):
        found = runner.run(check(server, **showing(MINE)))
    assert (found.status, found.message) == (Status.UP, "200 OK")
    assert server.clients == ["CN=leaf"]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_that_wants_one_and_gets_none_says_so(
    version: ssl.TLSVersion, loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    with (
        tls_server(wanting(version)) as server,
        asyncio.Runner(loop_factory=loop) as runner,
    ):
        found = runner.run(check(server))
    assert (found.status, found.reason, found.message) == (
        Status.DOWN,
        Reason.TLS,
        f"127.0.0.1 port {server.port} requires a client certificate",
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("link", "why"),
    [
        (leaf(root()), "it is not from an authority that the server trusts"),
        (leaf(CLIENTS, until=in_days(-3)), "it has expired"),
    ],
)
async def test_a_certificate_that_is_refused_is_said_to_be(
    version: ssl.TLSVersion, link: Link, why: str
) -> None:
    with tls_server(wanting(version)) as server:
        found = await check(server, **showing(link))
    assert (found.status, found.reason, found.message) == (
        Status.DOWN,
        Reason.TLS,
        f"127.0.0.1 port {server.port} refused the client certificate: {why}",
    )


@pytest.mark.parametrize("given", [{}, showing(MINE), showing(leaf(root()))])
async def test_a_server_that_asks_and_does_not_mind_is_up_or_down_by_what_it_answers(
    given: dict[str, str],
) -> None:
    with tls_server(SERVED.serving()) as server:
        assert (await check(server, **given)).status is Status.UP
    with tls_server(wanting(VERSIONS[1], ssl.CERT_OPTIONAL), b"") as server:
        found = await check(server)
    assert (found.reason, found.message) == (
        Reason.PROTOCOL,
        f"127.0.0.1 port {server.port} closed the connection without sending a response",
    )


async def test_a_server_may_ask_when_it_has_read_the_request() -> None:
    context = wanting(VERSIONS[1])
    context.post_handshake_auth = True
    with tls_server(context, asks_late=True) as server:
        found = await check(server, **showing(MINE))
    assert (found.status, found.message) == (Status.UP, "200 OK")
    assert server.clients == ["CN=leaf"]


async def test_a_stranger_that_is_redirected_to_does_not_learn_who_we_are() -> None:
    with tls_server(wanting(VERSIONS[1], ssl.CERT_OPTIONAL)) as other:
        away = redirect(f"https://localhost:{other.port}/".encode())
        with tls_server(wanting(VERSIONS[1]), away) as first:
            found = await check(first, **showing(MINE))
    assert found.status is Status.UP
    assert (first.clients, other.clients) == (["CN=leaf"], [])


@pytest.mark.parametrize(
    ("first", "then", "offered"),
    [
        (("https", "a", 443), "https://a/x", True),
        (("http", "a", 80), "https://a/", True),
        (("https", "a", 8443), "https://a:8443/", True),
        (("http", "a", 8080), "https://a/", False),
        (("http", "a", 80), "https://a:8443/", False),
        (("https", "a", 443), "https://b/", False),
        (("https", "a", 443), "https://a:8443/", False),
    ],
)
async def test_it_is_offered_where_credentials_are(
    first: tuple[str, str, int], then: str, offered: bool
) -> None:
    url = httpx.URL(then)
    transport = FreshConnectionTransport(_home=first)
    transport.endpoint = Endpoint(url.host, "", url.port or 443)
    assert transport._is_home(url.scheme) is offered


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (showing(MINE) | {"client_key": leaf(root()).key_pem()}, "key values mismatch"),
        # A passphrase would be asked for at the terminal, and be waited for.
        (showing(MINE) | {"client_key": MINE.key_pem("secret")}, "not valid PEM"),
        (showing(MINE) | {"client_key": ""}, "not valid PEM"),
        ({"client_certificate": "x", "client_key": "y"}, "not valid PEM"),
    ],
)
async def test_settings_that_openssl_does_not_take_say_nothing_of_the_target(
    given: dict[str, str], why: str
) -> None:
    with tls_server(wanting(VERSIONS[1])) as server:
        found = await check(server, **given)
    assert (found.reason, found.message) == (
        Reason.INTERNAL,
        f"not checked: the client certificate in the settings cannot be used ({why})",
    )


async def test_the_context_is_built_once_for_all_checks_with_one_certificate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built: list[tls.TlsSettings] = []
    build = tls.build

    def counted(settings: tls.TlsSettings) -> ssl.SSLContext:
        built.append(settings)
        return build(settings)

    monkeypatch.setattr(tls, "build", counted)
    new = showing(leaf(CLIENTS))
    with tls_server(wanting(VERSIONS[1])) as server:
        for _ in range(3):
            assert (await check(server, **new)).status is Status.UP
        await check(server, **showing(leaf(intermediate(CLIENTS))))
    assert len(built) == 2
    assert "PRIVATE KEY" not in repr(built)


@pytest.mark.parametrize("in_memory", [True, False])
def test_no_key_is_left_in_a_file(
    in_memory: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    if not in_memory:
        monkeypatch.setattr(sys, "platform", "darwin")
    with tls._private_file(b"the key") as path:
        assert Path(path).read_bytes() == b"the key"
        assert Path(path).stat().st_mode & 0o777 == 0o600
        assert len(list(tmp_path.iterdir())) == (0 if in_memory else 1)
    assert list(tmp_path.iterdir()) == []
    before = sorted(Path("/proc/self/fd").iterdir())
    with tls._private_file(b"the key"):
        pass
    assert sorted(Path("/proc/self/fd").iterdir()) == before
