import base64
import html
import json
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, quote_plus

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


def test_the_key_of_a_client_certificate_is_known_with_and_without_its_lines() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIGH\nAgEA\n-----END PRIVATE KEY-----"
    spec = CheckSpec("http://a.example/", client_certificate="shown", client_key=key)
    body = f"{key} {json.dumps(key)} MIGHAgEA".encode()
    found = judge(spec, seen(body)).evidence
    assert found is not None
    assert found.body_start == f'{REMOVED} "{REMOVED}" {REMOVED}'


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


SECRET = "S3cret/Pass+<ü>&\"w'rd"
ENCODED = SECRET.encode()


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        SECRET.lower(),
        SECRET.upper(),
        ENCODED.hex(),
        ENCODED.hex().upper(),
        base64.b64encode(ENCODED).decode(),
        base64.b64encode(ENCODED).decode().rstrip("="),
        base64.urlsafe_b64encode(ENCODED).decode(),
        quote(base64.b64encode(ENCODED).decode(), safe=""),
        "".join(f"%{byte:02X}" for byte in ENCODED),
        "".join(f"%{byte:02x}" for byte in ENCODED),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        "".join(f"&#{ord(character)};" for character in SECRET),
        "".join(f"&#x{ord(character):x};" for character in SECRET),
        "".join(f"&#x{ord(character):X};" for character in SECRET),
        "".join(f"\\u{ord(character):04x}" for character in SECRET),
        html.escape(SECRET),
        html.escape(SECRET).replace("&#x27;", "&#039;"),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1].replace("/", "\\/"),
        json.dumps(json.dumps(SECRET))[3:-3],
        json.dumps(json.dumps(SECRET, ensure_ascii=False), ensure_ascii=False)[3:-3],
        json.dumps(json.dumps(SECRET).replace("/", "\\/"))[3:-3],
    ],
)
def test_a_secret_is_found_in_the_forms_in_which_programs_write_it(form: str) -> None:
    spec = CheckSpec("http://a.example/", bearer_token=SECRET)
    found = judge(spec, seen(f"[{form}]".encode())).evidence
    assert found is not None
    assert found.body_start == f"[{REMOVED}]"


@pytest.mark.parametrize("before", ["", "u", "us", "use", "user:"])
@pytest.mark.parametrize("after", ["", ":", ":x", ":xy"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_so_it_is_amid_other_things_in_base64(
    before: str, after: str, encode: Callable[[bytes], bytes]
) -> None:
    spec = CheckSpec("http://a.example/", bearer_token=SECRET)
    found = judge(spec, seen(encode(f"{before}{SECRET}{after}".encode()))).evidence
    assert found is not None
    assert REMOVED in found.body_start
    # What is left at its edges tells less than a character.
    shown = found.body_start.split(REMOVED)
    assert [len(part) <= 8 for part in shown] == [True, True]


@pytest.mark.parametrize(
    ("secret", "body", "kept"),
    [
        ("a", "a banana", "a banana"),
        ("ab", "ab abacus", "ab abacus"),
        ("abc", "abc, abcdef and dabc", f"{REMOVED}, abcdef and dabc"),
        ("a.c", "abc a.c", f"abc {REMOVED}"),
        ("abcd", "xabcdx ABCD", f"x{REMOVED}x {REMOVED}"),
    ],
)
def test_a_short_secret_does_not_blank_the_text(secret: str, body: str, kept: str) -> None:
    spec = CheckSpec("http://a.example/", bearer_token=secret)
    found = judge(spec, seen(body.encode())).evidence
    assert found is not None
    assert found.body_start == kept


@pytest.mark.parametrize(
    ("header", "echo"),
    [
        (("Authorization", "Bearer abcd1234"), "abcd1234"),
        (("authorization", "Bearer abcd1234"), "Bearer abcd1234"),
        (("Proxy-Authorization", "Basic abcd1234"), "abcd1234"),
        (("Cookie", "theme=dark; session=abcd1234"), "abcd1234"),
        (("X-Api-Key", "k3y4"), "k3y4"),
        (("Api-Key", "k3y4"), "k3y4"),
        (("X-Auth-Token", "k3y4"), "k3y4"),
        (("X-Amz-Security-Token", "k3y4"), "k3y4"),
        (("X-CSRF-Token", "k3y4"), "k3y4"),
    ],
)
def test_plain_headers_that_sound_secret_are(header: tuple[str, str], echo: str) -> None:
    spec = CheckSpec("http://a.example/", headers=(header,))
    found = judge(spec, seen(f"-{echo}-".encode())).evidence
    assert found is not None
    assert found.body_start == f"-{REMOVED}-"


@pytest.mark.parametrize(
    ("header", "echo"),
    [
        (("Accept", "text/html"), "text/html"),
        (("X-Author", "Ada Lovelace"), "Ada Lovelace"),
        (("Cookie", "theme=dark; session=abcd1234"), "dark"),
        (("Surrogate-Key", "articles"), "articles"),
    ],
)
def test_others_are_not(header: tuple[str, str], echo: str) -> None:
    spec = CheckSpec("http://a.example/", headers=(header,))
    found = judge(spec, seen(f"-{echo}-".encode())).evidence
    assert found is not None
    assert found.body_start == f"-{echo}-"


@pytest.mark.parametrize(
    "echo", ["s3ss10n%3D", "s3ss10n=", quote("s3ss10n=", safe=""), "http://x/?sid=s3ss10n%3D"]
)
def test_a_cookie_that_the_target_sets_is_a_secret_wherever_it_is_echoed(echo: str) -> None:
    headers = (("set-cookie", "sid=s3ss10n%3D; Path=/; HttpOnly"), ("X-Echo", echo))
    found = judge(CheckSpec("http://a.example/"), seen(echo.encode(), *headers)).evidence
    assert found is not None
    assert "s3ss10n" not in found.body_start + str(found.headers)


@pytest.mark.parametrize("value", ["deleted", "english", "1", '""', "en-US"])
def test_a_cookie_that_may_be_a_word_is_not(value: str) -> None:
    headers = (("Set-Cookie", f"lang={value}"),)
    found = judge(CheckSpec("http://a.example/"), seen(f"in {value}".encode(), *headers)).evidence
    assert found is not None
    assert found.body_start == f"in {value}"


def test_a_message_quotes_no_cookie() -> None:
    observation = seen(b"you are abcd1234", ("Set-Cookie", "sid=abcd1234"), status=200)
    message = judge(CheckSpec("http://a.example/", keyword="fine"), observation).message
    assert message.endswith(f"; it begins with “you are {REMOVED}”")


def test_headers_that_sound_secret_are_not_kept() -> None:
    names = ("Set-Cookie", "WWW-Authenticate", "X-Auth-Token", "X-CSRF-Token", "Server")
    found = judge(CheckSpec("http://a.example/"), seen(b"", *((name, "v") for name in names)))
    assert found.evidence is not None
    assert found.evidence.headers == (*((name, REMOVED) for name in names[:-1]), ("Server", "v"))


@pytest.mark.parametrize("rule", [{"keyword": "fine"}, {"pattern": "fine"}, {"json_path": "$.a"}])
def test_where_no_bodies_are_kept_nothing_of_them_is_quoted(rule: dict[str, str]) -> None:
    observation = seen(b"private words", status=200)
    assert observation.response is not None
    response = replace(observation.response, may_be_kept=False)
    spec = CheckSpec("http://a.example/", **rule)  # type: ignore[arg-type]
    result = judge(spec, replace(observation, response=response))
    assert result.evidence is not None
    assert (result.status, result.evidence.body_start) == (Status.DOWN, "")
    assert "private" not in result.message


def test_many_and_long_secrets_do_not_take_long() -> None:
    own = tuple((f"X-Key-{number}", f"{number}s3cret" * 500) for number in range(50))
    spec = CheckSpec("http://a.example/", secret_headers=own, keyword="fine")
    cookies = [("Set-Cookie", f"c{number}={number}abc%20" + "&<" * 300) for number in range(200)]
    body = b"s3cret" * 200_000
    began = time.process_time()
    judge(spec, seen(body, *cookies, status=200))
    assert time.process_time() - began < 2
