from dataclasses import replace

import pytest

from monitors.domain.evidence import BODY_KEPT, Evidence
from monitors.domain.observation import Observation, Phases, Response
from monitors.domain.redaction import REMOVED
from monitors.domain.result import Status
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge
from monitors.tests.clock import NOON


def seen(body: bytes = b"", *headers: tuple[str, str], status: int = 500) -> Observation:
    response = Response(status, "", headers, body, body_complete=True)
    return Observation(
        NOON,
        Phases(wait_ms=1),
        response,
        address="192.0.2.7",
        redirects=("http://a.example/?token=s3cret%2F",),
    )


SPEC = CheckSpec(
    "http://a.example/",
    username="ada",
    password="pass word",
    bearer_token="s3cret/",
    secret_headers=(("X-Key", "k3y"),),
)


def test_a_failure_keeps_what_came_back_without_the_secrets() -> None:
    body = b"you sent k3y and pass word, and s3cret/\x00"
    headers = (("Server", "k3y-proxy"), ("Set-Cookie", "session=1"))
    found = judge(SPEC, seen(body, *headers)).evidence
    assert found == Evidence(
        address="192.0.2.7",
        redirects=(f"http://a.example/?token={REMOVED}",),
        headers=(("Server", f"{REMOVED}-proxy"), ("Set-Cookie", REMOVED)),
        body_start=f"you sent {REMOVED} and {REMOVED}, and {REMOVED}\N{REPLACEMENT CHARACTER}",
    )


def test_only_the_beginning_of_the_body_is_kept() -> None:
    found = judge(CheckSpec("http://a.example/"), seen(b"x" * 10_000)).evidence
    assert found is not None
    assert found.body_start == "x" * BODY_KEPT


def test_a_secret_at_the_edge_is_not_kept_in_part() -> None:
    found = judge(SPEC, seen(b"x" * (BODY_KEPT - 4) + b"pass word")).evidence
    assert found is not None
    assert "pass" not in found.body_start


def test_a_good_check_keeps_none() -> None:
    result = judge(CheckSpec("http://a.example/"), seen(b"fine", status=200))
    assert (result.status, result.evidence) == (Status.UP, None)


@pytest.mark.parametrize(
    ("echo", "kept"),
    [
        (b"Basic YWRhOnBhc3Mgd29yZA==", f"Basic {REMOVED}"),
        (b"?password=pass+word", f"?password={REMOVED}"),
        (b"?password=pass%20word", f"?password={REMOVED}"),
        (b"k3y s3cret%2F", f"{REMOVED} {REMOVED}"),
        (b"/s3cret%2f/x", f"/{REMOVED}/x"),
        (rb'{"token": "s3cret\/"}', f'{{"token": "{REMOVED}"}}'),
        (b"czNjcmV0Lw==", REMOVED),
    ],
)
def test_a_secret_is_known_in_each_of_its_forms(echo: bytes, kept: str) -> None:
    found = judge(SPEC, seen(echo)).evidence
    assert found is not None
    assert found.body_start == kept


@pytest.mark.parametrize(
    "spec",
    [
        replace(SPEC, keyword="fine"),
        replace(SPEC, pattern="fine"),
        replace(SPEC, json_path="$.a", json_expected="fine"),
        replace(SPEC, response_header="X-Echo: fine"),
    ],
)
def test_a_message_quotes_no_secret(spec: CheckSpec) -> None:
    observation = seen(b'{"a": "your key is k3y"}', ("X-Echo", "k3y"), status=200)
    message = judge(spec, observation).message
    assert ("k3y" in message, REMOVED in message) == (False, True)


def test_neither_does_that_of_a_good_answer() -> None:
    response = Response(200, "k3y", (), b"", body_complete=True)
    result = judge(SPEC, Observation(NOON, Phases(wait_ms=1), response))
    assert (result.status, result.message) == (Status.UP, f"200 {REMOVED}")


@pytest.mark.parametrize(
    ("header", "echo"),
    [
        (("Authorization", "Token abcd1234"), "abcd1234"),
        (("Cookie", "theme=x; session=abcd1234"), "session: abcd1234"),
        (("X-Key", "a&b+c"), r"a\u0026b\u002bc"),
        (("X-Key", "a&b+c"), r"a\u0026b\u002Bc"),
        (("X-Key", 'a"b'), "a&#34;b"),
        (("X-Key", "a'b"), "a&#39;b"),
        (("X-Key", "käse"), "käse".encode().decode("latin-1")),
    ],
)
def test_so_is_one_in_a_header(header: tuple[str, str], echo: str) -> None:
    spec = CheckSpec("http://a.example/", secret_headers=(header,))
    found = judge(spec, seen(f"-{echo}-".encode())).evidence
    assert found is not None
    assert found.body_start.removeprefix("-session: ").strip("-") == REMOVED


@pytest.mark.parametrize("before", range(0, 700, 60))
def test_where_much_is_taken_out_none_shows_in_part(before: int) -> None:
    secret = "0123456789" * 60
    spec = CheckSpec("http://a.example/", bearer_token=secret)
    found = judge(spec, seen(b"x" * before + secret.encode() * 40)).evidence
    assert found is not None
    assert "0123" not in found.body_start
