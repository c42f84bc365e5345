"""A check as a curl command, to be tried by hand; secrets stand in it as variables of the shell."""

import re
from collections.abc import Iterator
from shlex import quote

from .spec import MAX_REDIRECTS, CheckSpec

_NO_WORD = re.compile(r"[^A-Z0-9]+")


def curl_command(spec: CheckSpec) -> str:
    """Write the request of a check for a POSIX shell, one option a line.

    Passwords, tokens and the values of secret headers are never in it: "$PASSWORD", "$TOKEN", and
    for a header X-Key "$X_KEY". Certificates are named as files that do not exist yet.
    """
    return " \\\n  ".join(["curl --include --globoff", *_options(spec), quote(spec.url)])


def _options(spec: CheckSpec) -> Iterator[str]:
    yield f"--max-time {spec.timeout_s:g}"
    if spec.method == "HEAD" and not spec.body:
        yield "--head"
    elif spec.method != ("POST" if spec.body else "GET"):
        yield f"--request {spec.method}"
    if spec.follow_redirects:
        yield f"--location --max-redirs {MAX_REDIRECTS}"
    if spec.prefer_ipv6:
        yield "--ipv6"
    yield from _of_tls(spec)
    yield from _headers(spec)
    if spec.body:
        yield f"--data-raw {quote(spec.body)}"


def _of_tls(spec: CheckSpec) -> Iterator[str]:
    if not spec.verify_tls:
        yield "--insecure"
    if spec.ca_bundle:
        yield "--cacert ca.pem"
    if spec.client_certificate:
        yield "--cert client.pem --key client.key"


def _headers(spec: CheckSpec) -> Iterator[str]:
    if spec.bearer_token:
        yield '--header "Authorization: Bearer $TOKEN"'
    elif spec.username or spec.password:
        yield f'--user {quote(spec.username)}:"$PASSWORD"'
    for name, value in spec.headers:
        # curl takes a name with nothing behind the colon for one to be left out.
        yield f"--header {quote(f'{name}: {value}' if value else f'{name};')}"
    for name, _ in spec.secret_headers:
        yield f'--header "{_in_double_quotes(name)}: ${_variable(name)}"'
    if spec.body and not any(_is_content_type(name) for name, _ in _all_headers(spec)):
        # Without it curl would call the body a form.
        yield "--header Content-Type:"


def _all_headers(spec: CheckSpec) -> tuple[tuple[str, str], ...]:
    return (*spec.headers, *spec.secret_headers)


def _is_content_type(name: str) -> bool:
    return name.lower() == "content-type"


def _in_double_quotes(text: str) -> str:
    return re.sub(r'([$`"\\!])', r"\\\1", text)


def _variable(header: str) -> str:
    word = _NO_WORD.sub("_", header.upper()).strip("_")
    return word if word and not word[0].isdigit() else f"HEADER_{word}"
