"""Which certificate of a chain is at fault, or will be soonest."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from ssl import SSLContext

import pytest
import uvloop

from monitors.domain.result import CheckResult, Status
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge
from monitors.net import chains as reading
from monitors.probes import observe
from monitors.tests.chains import FAR_AHEAD, LONG_AGO, Link, in_days, intermediate, leaf, root
from monitors.tests.tls_server import tls_server


async def check(serving: SSLContext, trusted: str = "", **settings: object) -> CheckResult:
    with tls_server(serving) as server:
        url = f"https://127.0.0.1:{server.port}/"
        spec = CheckSpec(url, ca_bundle=trusted, **settings)  # type: ignore[arg-type]
        return judge(spec, await observe(spec))


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize(
    ("of_leaf", "of_intermediate", "said"),
    [
        (90, 5.5, "200 OK; intermediate certificate “R11” expires in 5 days"),
        (5.5, 90, "200 OK; certificate expires in 5 days"),
        (90, 90, "200 OK"),
    ],
)
def test_an_intermediate_that_expires_sooner_than_the_leaf_is_named(
    loop: Callable[[], asyncio.AbstractEventLoop], of_leaf: float, of_intermediate: float, said: str
) -> None:
    top = root()
    served = leaf(intermediate(top, until=in_days(of_intermediate)), until=in_days(of_leaf))
    with asyncio.Runner(loop_factory=loop) as runner:
        found = runner.run(check(served.serving(), top.pem))
    assert found.message == said
    assert found.status is (Status.UP if said == "200 OK" else Status.DEGRADED)


async def test_a_root_of_ones_own_that_expires_is_named() -> None:
    top = root("Our Root", until=in_days(5.5))
    found = await check(leaf(intermediate(top)).serving(), top.pem)
    assert found.message == "200 OK; root certificate “Our Root” expires in 5 days"


async def test_what_is_sent_but_not_needed_is_no_reason_to_warn() -> None:
    """As the cross-signed root that half the web still sent when it had expired."""
    top, old = root("New Root"), root("Old Root")
    needed = intermediate(top)
    left_over = intermediate(old, "New Root", until=in_days(-30))
    found = await check(leaf(needed).serving(needed, left_over), top.pem)
    assert (found.status, found.message) == (Status.UP, "200 OK")


async def test_what_is_not_verified_is_not_warned_about() -> None:
    served = leaf(intermediate(root(), until=in_days(-5)), until=in_days(-3))
    found = await check(served.serving(), verify_tls=False)
    assert (found.status, found.message) == (Status.UP, "200 OK")
    assert found.certificate is not None
    assert (found.certificate.names, found.certificate.issuers) == (("localhost", "127.0.0.1"), ())


def broken(
    of_root: datetime = FAR_AHEAD,
    of_intermediate: datetime = FAR_AHEAD,
    of_leaf: datetime = FAR_AHEAD,
    since: datetime = LONG_AGO,
) -> tuple[Link, Link]:
    top = root("Our Root", of_root)
    return top, leaf(intermediate(top, "R11", of_intermediate, since), until=of_leaf)


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        (
            broken(of_intermediate=in_days(-3.5)),
            "intermediate certificate “R11” of 127.0.0.1 expired 3 days ago",
        ),
        (broken(of_leaf=in_days(-3.5)), "certificate of 127.0.0.1 expired 3 days ago"),
        (
            broken(of_leaf=in_days(-3.5), of_intermediate=in_days(-9.5)),
            "certificate of 127.0.0.1 expired 3 days ago",
        ),
        (
            broken(of_root=in_days(-3.5)),
            "root certificate “Our Root” of 127.0.0.1 expired 3 days ago",
        ),
        (
            broken(since=datetime.fromisoformat("2089-03-01T12:00Z")),
            (
                "intermediate certificate “R11” of 127.0.0.1 "
                "is not valid before 2089-03-01 12:00 UTC"
            ),
        ),
    ],
)
async def test_the_certificate_at_fault_is_named(chain: tuple[Link, Link], said: str) -> None:
    top, served = chain
    found = await check(served.serving(), top.pem)
    assert (found.status, found.message) == (Status.DOWN, said)


async def test_a_missing_intermediate_is_told_from_an_unknown_authority() -> None:
    top = root("Our Root")
    served = leaf(intermediate(top))
    alone = await check(served.serving_alone(), top.pem)
    assert alone.message == (
        "certificate of 127.0.0.1 is not trusted: its issuer “R11” is not a trusted authority, "
        "or the server does not send an intermediate certificate"
    )
    unknown = await check(served.serving())
    assert unknown.message == (
        "certificate of 127.0.0.1 is not trusted: "
        "“R11” in its chain is not from a trusted authority"
    )
    whole = await check(served.serving(intermediate(top), top))
    assert whole.status is Status.DOWN
    sent_root = await check(leaf(top).serving(top))
    assert sent_root.message == (
        "certificate of 127.0.0.1 is not trusted: its root certificate “Our Root” is not trusted"
    )


async def test_an_intermediate_alone_may_be_trusted_as_with_curl() -> None:
    signing = intermediate(root())
    assert (await check(leaf(signing).serving(), signing.pem)).status is Status.UP


async def test_no_handshake_is_shortened_by_an_earlier_one() -> None:
    top = root()
    with tls_server(leaf(top).serving()) as server:
        spec = CheckSpec(f"https://127.0.0.1:{server.port}/", ca_bundle=top.pem)
        for _ in range(3):
            assert judge(spec, await observe(spec)).status is Status.UP
    assert server.resumed == [False, False, False]


def test_the_chain_is_asked_for_where_this_python_has_it() -> None:
    class Later:
        """As SSLObject from Python 3.13 on."""

        def get_unverified_chain(self) -> list[bytes]:
            return [b"leaf", b"above"]

    class Other:
        """Where neither is there."""

        _sslobj = object()

        def getpeercert(self, *, binary_form: bool) -> bytes:
            assert binary_form
            return b"leaf"

    assert reading.shown(Later()) == (b"leaf", b"above")  # type: ignore[arg-type]
    assert reading.shown(Other()) == (b"leaf",)  # type: ignore[arg-type]
