from monitors.domain.evidence import BODY_KEPT, REMOVED, Evidence
from monitors.domain.observation import Observation, Phases, Response
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
