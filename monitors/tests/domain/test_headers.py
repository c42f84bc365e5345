"""Request headers: what is read, and what is refused before it breaks a request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.domain.headers import (
    as_lines,
    header_names,
    parse_header,
    parse_headers,
    parse_request_headers,
)
from monitors.domain.spec import BadSetting


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_headers_are_lines(end: str) -> None:
    text = end.join(["Accept: text/html", "", "  ", " X-A :  b : c ", "X-Empty:"])
    expected = (("Accept", "text/html"), ("X-A", "b : c"), ("X-Empty", ""))
    assert parse_request_headers(text) == expected
    assert header_names(text) == ["Accept", "X-A", "X-Empty"]


@pytest.mark.parametrize("character", "\u2028\u2029\x85\u200d\u202eü\N{GRINNING FACE}")
def test_what_is_no_line_break_on_the_wire_is_none_here(character: str) -> None:
    line = f"X-A: secret{character}more: b"
    assert parse_headers(line) == (("X-A", f"secret{character}more: b"),)
    assert header_names(line) == ["X-A"]


@pytest.mark.parametrize("code", [*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xD800, 0xDFFF])
def test_control_characters_are_refused(code: int) -> None:
    for line in (f"X-A: a{chr(code)}b", f"X-{chr(code)}A: b"):
        with pytest.raises(BadSetting):
            parse_header(line)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Content-Length: 3", "Content-Length follows from the body; leave it out."),
        ("transfer-encoding: chunked", "transfer-encoding follows from the body; leave it out."),
        ("Host:", "A Host header holds a name, like “www.example.com”."),
        ("Host: a.example/x", "A Host header holds a name, like “www.example.com”."),
        ("Host: a b", "A Host header holds a name, like “www.example.com”."),
        ("Host: u@a.example", "A Host header holds a name, like “www.example.com”."),
        ("X A: b", "“X A: b” is not a header like “Accept: text/html”."),
        ("no colon", "“no colon” is not a header like “Accept: text/html”."),
        (": b", "“: b” is not a header like “Accept: text/html”."),
        ("X-Ü: b", "“X-Ü: b” is not a header like “Accept: text/html”."),
        ("X-A: " + "b" * 8_000, "A header has at most 8,000 bytes."),
        ("X-A: " + "ü" * 4_000, "A header has at most 8,000 bytes."),
        ("\n".join(["X-A: b"] * 51), "At most 50 headers."),
        (
            "\n".join([f"X-A: {'b' * 4_000}"] * 4),
            "All headers together have at most 16,000 bytes.",
        ),
    ],
)
def test_what_breaks_a_request_is_refused_with_a_sentence(line: str, sentence: str) -> None:
    with pytest.raises(BadSetting) as raised:
        parse_request_headers(line)
    assert str(raised.value) == sentence


@pytest.mark.parametrize("host", ["a.example", "a.example:81", "[::1]:81", "a_b", "i❤.ws"])
def test_a_host_of_ones_own_is_accepted(host: str) -> None:
    assert parse_request_headers(f"Host: {host}") == (("Host", host),)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=4))
def test_headers_of_a_program_stay_as_many_as_they_were(headers: dict[str, str]) -> None:
    try:
        read = parse_headers(as_lines(headers))
    except BadSetting:
        return
    assert read == tuple((name.strip(), value.strip()) for name, value in headers.items())
