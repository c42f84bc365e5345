"""Request headers as people write them, and what may go onto the wire."""

import re
from collections.abc import Mapping

from .spec import BadSetting

Header = tuple[str, str]

# Servers take no more: nginx 8 KB a line and 32 KB in all, Apache 8 KB a line and 100 lines.
MAX_HEADERS = 50
MAX_HEADER_BYTES = 8_000
MAX_HEADERS_BYTES = 16_000

_LINE_END = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# All but the tab; lone surrogates are no characters, and cannot be sent.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_HOST = re.compile(r"[^\s/\\@?#]+")
_OF_THE_BODY = {"content-length", "transfer-encoding"}
# In no name and in no value.
_FORBIDDEN = "\x0b"


def parse_headers(text: str) -> tuple[Header, ...]:
    """Read lines of "Name: value". Raises BadSetting."""
    return tuple(parse_header(line) for line in _LINE_END.split(text) if line.strip())


def parse_header(line: str) -> Header:
    """Read one "Name: value". Raises BadSetting."""
    name, colon, value = line.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not _NAME.fullmatch(name):
        raise BadSetting(f"“{line.strip()[:40]}” is not a header like “Accept: text/html”.")
    if has_control_characters(value):
        raise BadSetting(f"The value of {name} has a control character in it.")
    return name, value


def parse_request_headers(text: str) -> tuple[Header, ...]:
    """Read the headers to send with each check. Raises BadSetting for what breaks a request."""
    headers = parse_headers(text)
    if len(headers) > MAX_HEADERS:
        raise BadSetting(f"At most {MAX_HEADERS} headers.")
    sizes = [len(name.encode()) + len(value.encode()) for name, value in headers]
    if max(sizes, default=0) > MAX_HEADER_BYTES:
        raise BadSetting(f"A header has at most {MAX_HEADER_BYTES:,} bytes.")
    if sum(sizes) > MAX_HEADERS_BYTES:
        raise BadSetting(f"All headers together have at most {MAX_HEADERS_BYTES:,} bytes.")
    for name, value in headers:
        _check_framing(name, value)
    return headers


def _check_framing(name: str, value: str) -> None:
    if name.lower() in _OF_THE_BODY:
        raise BadSetting(f"{name} follows from the body; leave it out.")
    if name.lower() == "host" and not is_host(value):
        raise BadSetting("A Host header holds a name, like “www.example.com”.")


def is_host(value: str) -> bool:
    """Tell whether a Host header holds a name, with or without a port."""
    return _HOST.fullmatch(value) is not None


def header_names(text: str) -> list[str]:
    """Give the names in lines of headers, for those who may not see the values."""
    lines = _LINE_END.split(text)
    return [line.partition(":")[0].strip() for line in lines if line.strip()]


def has_control_characters(text: str) -> bool:
    """Tell of what would end a line of the request, or is no character at all."""
    return _CONTROL.search(text) is not None


def as_lines(headers: Mapping[str, str]) -> str:
    """Write headers as lines to be read again: what would begin another one is refused there."""
    return "\n".join(
        f"{_LINE_END.sub(_FORBIDDEN, name).replace(':', _FORBIDDEN)}: "
        f"{_LINE_END.sub(_FORBIDDEN, value)}"
        for name, value in headers.items()
    )
