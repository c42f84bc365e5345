"""What the probe brings back besides the verdict, and what it may cost."""

import asyncio
import gc
import gzip
import random
import time
import tracemalloc

import pytest

from monitors.domain.evidence import LOOKED_THROUGH_BYTES
from monitors.domain.observation import Observation
from monitors.domain.reasons import Fault
from monitors.domain.spec import CheckSpec, Limits, StatusRanges
from monitors.domain.verdict import judge
from monitors.net.transport import DEFAULT_BODY_LIMIT
from monitors.net.wire import ResponseReader
from monitors.probes import observe
from monitors.tests.zoo import HANG, Again, Authorities, Enclosure, Script, Wait, answer, redirect

ROUNDS = 3_000
MIB = 1_048_576


async def ask(enclosure: Enclosure, scheme: str = "http", **settings: object) -> Observation:
    url = f"{scheme}://127.0.0.1:{enclosure.port}/start"
    return await observe(CheckSpec(url, **({"timeout_s": 2.0} | settings)))  # type: ignore[arg-type]


async def test_phases_add_up_to_the_response_time_over_redirects() -> None:
    hops: list[Script] = [[Wait(0.05), redirect(b"/next")], [Wait(0.1), answer()]]
    async with Enclosure(hops).open() as enclosure:
        began = time.perf_counter()
        seen = await ask(enclosure)
        took_ms = (time.perf_counter() - began) * 1_000
    result = judge(CheckSpec("http://x/"), seen)
    assert result.response_time_ms == pytest.approx(seen.phases.total_ms, abs=1)
    # An address is not looked up, and plain HTTP shakes no hands.
    assert (seen.phases.dns_ms, seen.phases.tls_ms) == (None, None)
    assert seen.phases.wait_ms == pytest.approx(150, abs=40)
    assert 150 <= seen.phases.total_ms <= took_ms
    assert seen.redirects == (f"http://127.0.0.1:{enclosure.port}/next",)


async def test_looking_up_a_name_is_a_phase_of_its_own() -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        seen = await observe(CheckSpec(f"http://localhost:{enclosure.port}/"))
    assert seen.phases.dns_ms is not None
    assert (seen.address, seen.failure) == ("127.0.0.1", None)


async def test_a_phase_that_was_cut_short_is_told(authorities: Authorities) -> None:
    async with Enclosure([[HANG]]).open() as enclosure:
        seen = await ask(enclosure, timeout_s=0.2)
    assert seen.phases.wait_ms == pytest.approx(200, abs=60)
    assert seen.phases.transfer_ms is None
    assert judge(CheckSpec("http://x/"), seen).response_time_ms is None


async def test_the_certificate_is_read_from_the_same_connection(authorities: Authorities) -> None:
    async with Enclosure([[answer()]], authorities.good(days_left=30)).open() as enclosure:
        seen = await ask(enclosure, "https")
    assert len(enclosure.requests) == 1
    assert seen.certificate is not None
    assert seen.certificate.names == ("localhost", "127.0.0.1")
    left = seen.certificate.not_after - seen.started_at
    assert left.days in (29, 30)
    assert seen.certificate.issuer.startswith("trustme")
    assert seen.phases.tls_ms is not None


async def test_what_is_sent() -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        await ask(
            enclosure,
            method="POST",
            body='{"a": 1}',
            headers=(("X-One", "1"), ("User-Agent", "mine")),
            username="ada",
            password="lovelace",
        )
    head, _, _ = enclosure.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /start HTTP/1.1"
    assert {
        f"Host: 127.0.0.1:{enclosure.port}".encode(),
        b"X-One: 1",
        b"User-Agent: mine",
        b"Accept-Encoding: gzip, deflate",
        b"Authorization: Basic YWRhOmxvdmVsYWNl",
        b"Connection: close",
        b"Content-Length: 8",
    } <= set(lines)


async def test_headers_beyond_ascii_are_sent_as_utf_8() -> None:
    async with Enclosure([[answer()]]).open() as enclosure:
        seen = await ask(enclosure, headers=(("X-One", "ü"),), secret_headers=(("X-Two", "€"),))
    assert seen.failure is None
    assert "\r\nX-One: ü\r\nX-Two: €\r\n".encode() in enclosure.requests[0]


async def test_credentials_stay_with_their_origin_and_cookies_with_the_chain() -> None:
    async with Enclosure([[answer()]]).open() as other:
        away = f"http://localhost:{other.port}/".encode()
        hops = [[redirect(b"/in", b"Set-Cookie: in=1")], [redirect(away)]]
        async with Enclosure(hops).open() as first:
            seen = await ask(first, username="ada", password="pw")
    assert seen.response is not None
    assert b"Cookie: in=1" in first.requests[1]
    assert b"Authorization: Basic" in first.requests[1]
    assert b"Authorization" not in other.requests[0]


async def test_cookies_are_not_shared_between_checks() -> None:
    async with Enclosure([[answer(b"", b"Set-Cookie: a=1")]]).open() as enclosure:
        await ask(enclosure)
        await ask(enclosure)
    assert b"Cookie" not in enclosure.requests[1]


@pytest.mark.parametrize(
    "script",
    [
        [b"HTTP/1.1 200 OK\r\n\r\n", Again(b"x" * 65_536)],
        [answer(gzip.compress(bytes(300 * MIB), 9), b"Content-Encoding: gzip")],
    ],
    ids=["endless", "bomb"],
)
async def test_a_body_without_end_costs_little_memory(script: Script) -> None:
    async with Enclosure([script]).open() as enclosure:
        tracemalloc.start()
        seen = await ask(enclosure, timeout_s=10.0, keyword="x")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert seen.response is not None
    assert (len(seen.response.body), seen.response.body_complete) == (DEFAULT_BODY_LIMIT, False)
    assert peak < DEFAULT_BODY_LIMIT + 4 * MIB


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_check_leaves_nothing_to_the_garbage_collector(
    authorities: Authorities, scheme: str
) -> None:
    tls = authorities.good() if scheme == "https" else None
    async with Enclosure([[answer()]], tls).open() as enclosure:
        # Others may have left some behind.
        gc.collect()
        gc.disable()
        try:
            assert (await ask(enclosure, scheme)).failure is None
            await asyncio.sleep(0.05)
            left = [one for one in gc.get_objects() if type(one) is ResponseReader]
        finally:
            gc.enable()
    assert left == []


async def test_hanging_servers_delay_no_other_check() -> None:
    async with Enclosure([[HANG]]).open() as hanging, Enclosure([[answer()]]).open() as quick:
        stuck = [asyncio.create_task(ask(hanging, timeout_s=1.0)) for _ in range(50)]
        await asyncio.sleep(0.1)
        began = time.perf_counter()
        seen = await ask(quick)
        took = time.perf_counter() - began
        held = await asyncio.gather(*stuck)
    assert seen.response is not None
    assert took < 0.3
    assert {one.failure and one.failure.fault for one in held} == {Fault.TIMEOUT_WAIT}


async def test_private_addresses_are_refused_where_the_installation_says_so() -> None:
    strict = Limits(refuse_private=True)
    allowing = Limits(refuse_private=True, allowed_networks=("127.0.0.1/32",))
    async with Enclosure([[redirect(b"http://127.0.0.2/")], [answer()]]).open() as enclosure:
        spec = CheckSpec(f"http://127.0.0.1:{enclosure.port}/")
        refused, behind_a_redirect = [await observe(spec, limits) for limits in (strict, allowing)]
        assert len(enclosure.requests) == 1
    for seen, address in ((refused, "127.0.0.1"), (behind_a_redirect, "127.0.0.2")):
        assert seen.failure is not None
        assert seen.failure.message == f"{address} is not an allowed address"


async def test_an_address_is_reported_without_its_scope() -> None:
    address = "fd00:1111:2222:3333:4444:5555:6666:7777"
    seen = await observe(CheckSpec(f"http://[{address}%25no-such-place]:1/"))
    assert seen.address == address


@pytest.mark.parametrize(
    ("settings_of", "status", "kept"),
    [
        ({}, b"200 OK", 0),
        ({"degraded_after_ms": 0.001}, b"200 OK", 0),
        ({"expected_status": StatusRanges.parse("404")}, b"404 x", 0),
        ({}, b"404 x", LOOKED_THROUGH_BYTES),
        ({"response_header": "X-None"}, b"200 OK", LOOKED_THROUGH_BYTES),
        ({"follow_redirects": False}, b"302 x", LOOKED_THROUGH_BYTES),
        ({"keyword": "y"}, b"200 OK", 300_000),
        ({"keyword_absent": "y"}, b"404 x", 300_000),
        ({"json_path": "$"}, b"200 OK", 300_000),
        ({"pattern": "y"}, b"200 OK", 300_000),
    ],
)
async def test_no_more_of_a_body_is_kept_than_somebody_reads(
    settings_of: dict[str, object], status: bytes, kept: int
) -> None:
    said = answer(b"x" * 300_000, status=status)
    async with Enclosure([[said[:1_000], said[1_000:]]]).open() as enclosure:
        url = f"http://127.0.0.1:{enclosure.port}/"
        seen = await observe(CheckSpec(url, **settings_of))  # type: ignore[arg-type]
    assert seen.response is not None
    assert (len(seen.response.body), seen.response.body_complete) == (kept, True)


async def test_a_body_that_nothing_reads_is_read_all_the_same() -> None:
    zipped = b"Content-Encoding: gzip"
    scripts: list[Script] = [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"],
        [answer(gzip.compress(b"hello " * 100)[:-12], zipped)],
        [b"HTTP/1.1 200 OK\r\n\r\n", Again(b"x" * 65_536)],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + b"x" * 300_000, HANG],
    ]
    async with Enclosure(scripts).open() as enclosure:
        seen = [await ask(enclosure, timeout_s=0.5) for _ in scripts]
    assert [one.failure and one.failure.fault for one in seen] == [
        Fault.INCOMPLETE_BODY,
        Fault.BAD_ENCODING,
        None,
        Fault.TIMEOUT_TRANSFER,
    ]
    endless, hanging = seen[2:]
    assert endless.response is not None
    assert endless.response.body_complete is False
    assert hanging.failure is not None
    assert hanging.failure.facts["size"] == "300,000"


async def test_the_limit_of_a_body_is_a_setting() -> None:
    async with Enclosure([[answer(b"x" * 5_000)]]).open() as enclosure:
        spec = CheckSpec(f"http://127.0.0.1:{enclosure.port}/", keyword="x")
        seen = await observe(spec, Limits(body_bytes=2_000))
    assert seen.response is not None
    assert (seen.response.body, seen.response.body_complete) == (b"x" * 2_000, False)


async def test_an_authority_of_ones_own_is_trusted(authorities: Authorities) -> None:
    bundle = authorities.unknown.cert_pem.bytes().decode()
    async with Enclosure([[answer()]], authorities.of_another_authority()).open() as enclosure:
        trusting = await ask(enclosure, "https", ca_bundle=bundle)
        wary = await ask(enclosure, "https")
    assert (trusting.failure, wary.failure and wary.failure.fault) == (None, Fault.TLS_UNTRUSTED)


async def test_a_bundle_may_have_comments_and_must_have_certificates(
    authorities: Authorities,
) -> None:
    bundle = "# Főtanúsítvány\n" + authorities.unknown.cert_pem.bytes().decode()
    async with Enclosure([[answer()]], authorities.of_another_authority()).open() as enclosure:
        commented = await ask(enclosure, "https", ca_bundle=bundle)
        garbage = await ask(enclosure, "https", ca_bundle="garbage")
    assert commented.failure is None
    assert garbage.failure is not None
    assert garbage.failure.message == (
        "not checked: the CA certificates in the settings cannot be used (not valid PEM)"
    )


async def test_a_certificate_with_an_odd_name_is_read_as_far_as_it_goes(
    authorities: Authorities,
) -> None:
    async with Enclosure([[answer()]], authorities.with_an_odd_name()).open() as enclosure:
        seen = await ask(enclosure, "https", verify_tls=False)
    assert seen.failure is None
    assert seen.certificate is not None
    assert seen.certificate.names == ("odd.example",)


async def test_a_bug_of_ours_is_a_verdict_and_not_a_crash(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_args: object, **_more: object) -> list[str]:
        raise RuntimeError("a bug")

    monkeypatch.setattr("monitors.net.transport.resolve", broken)
    seen = await observe(CheckSpec("http://127.0.0.1:1/"))
    assert seen.failure is not None
    assert seen.failure.message == (
        "the check itself failed (RuntimeError); the service was not judged"
    )
    assert "RuntimeError: a bug" in caplog.text


async def test_random_bytes_end_no_checker(caplog: pytest.LogCaptureFixture) -> None:
    dice = random.Random(20_261_123)
    starts = [b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", answer()[:40]]
    starts += [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]
    starts += [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"]
    scripts: list[Script] = [
        [dice.choice(starts) + dice.randbytes(dice.randrange(300))] for _ in range(ROUNDS)
    ]
    async with Enclosure(scripts).open() as enclosure:
        for _ in range(ROUNDS // 20):
            seen = await asyncio.gather(*(ask(enclosure) for _ in range(20)))
            assert Fault.INTERNAL not in [one.failure and one.failure.fault for one in seen]
            for one in seen:
                judge(CheckSpec("http://x/", keyword="x"), one)
    assert len(enclosure.requests) == ROUNDS
    assert [record for record in caplog.records if record.name.startswith("monitors")] == []
