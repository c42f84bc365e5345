import shlex
import subprocess

import pytest

from monitors.domain.curl import curl_command
from monitors.domain.spec import CheckSpec

URL = "https://example.com/"


def words(spec: CheckSpec) -> list[str]:
    """Take the command apart as a shell does, without what stands in every one."""
    return split(curl_command(spec))[5:]


def split(command: str) -> list[str]:
    return shlex.split(command.replace("\\\n", ""))


def test_a_plain_check_needs_a_time_limit_and_redirects() -> None:
    assert split(curl_command(CheckSpec(URL))) == [
        *("curl", "--include", "--globoff", "--max-time", "5"),
        *("--location", "--max-redirs", "10", URL),
    ]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (CheckSpec(URL, method="HEAD", follow_redirects=False), ["--head", URL]),
        (CheckSpec(URL, method="PUT", follow_redirects=False), ["--request", "PUT", URL]),
        (CheckSpec(URL, follow_redirects=False, verify_tls=False), ["--insecure", URL]),
        (CheckSpec(URL, follow_redirects=False, prefer_ipv6=True), ["--ipv6", URL]),
        (
            CheckSpec(URL, follow_redirects=False, headers=(("X-A", "it's"), ("X-B", ""))),
            ["--header", "X-A: it's", "--header", "X-B;", URL],
        ),
        (
            CheckSpec(URL, follow_redirects=False, ca_bundle="PEM", client_certificate="PEM"),
            ["--cacert", "ca.pem", "--cert", "client.pem", "--key", "client.key", URL],
        ),
        (
            CheckSpec(URL, method="POST", follow_redirects=False, body="@a\n'b'"),
            ["--header", "Content-Type:", "--data-raw", "@a\n'b'", URL],
        ),
        (
            CheckSpec(
                URL,
                method="GET",
                follow_redirects=False,
                body="{}",
                headers=(("content-type", "application/json"),),
            ),
            [
                *("--request", "GET", "--header", "content-type: application/json"),
                *("--data-raw", "{}", URL),
            ],
        ),
    ],
)
def test_what_is_set_is_in_the_command(spec: CheckSpec, expected: list[str]) -> None:
    assert words(spec) == expected


def test_no_secret_is_in_the_command_and_a_shell_fills_them_in() -> None:
    spec = CheckSpec(
        URL,
        follow_redirects=False,
        username="o'hara",
        password="s3cret-a",
        secret_headers=(("X-Api-Key", "s3cret-b"), ("X-`id`$(id)", "s3cret-c"), ("9", "s3cret-d")),
    )
    command = curl_command(spec)
    assert "s3cret" not in command
    environment = {"PASSWORD": "a", "X_API_KEY": "b", "X_ID_ID": "c", "HEADER_9": "d"}
    printed = subprocess.run(
        ["/bin/sh", "-c", command.replace("curl", "printf '%s\\n'", 1)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert printed[4:] == [
        *("--user", "o'hara:a", "--header", "X-Api-Key: b"),
        *("--header", "X-`id`$(id): c", "--header", "9: d", URL),
    ]


def test_a_token_goes_before_a_password_as_in_the_check() -> None:
    spec = CheckSpec(URL, follow_redirects=False, username="u", password="p", bearer_token="t")
    assert words(spec) == ["--header", "Authorization: Bearer $TOKEN", URL]
