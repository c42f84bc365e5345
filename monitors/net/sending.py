"""What goes onto the wire: one request, and nothing that opens a second one."""

import re
from dataclasses import dataclass, field

import httpx

from .errors import UnsendableRequest

# More than any server takes, and more than any redirect can ask for.
MAX_HEAD_BYTES = 262_144

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(rb"[^\x00-\x20\x7f]+")
_VALUE = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")
_HOST = re.compile(rb"[^\x00-\x20\x7f/\\@?#]+")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request that was looked through: where it goes, and its bytes."""

    scheme: str
    host: str
    port: int
    host_header: str
    head_only: bool
    wire: bytes = field(repr=False)


def outgoing(request: httpx.Request) -> Outgoing:
    """Make a request ready to be sent, as often as one likes. Raises UnsendableRequest."""
    head = _head(request)
    (host_header,) = _values(request.headers.raw, b"host")
    url = request.url
    return Outgoing(
        scheme=url.scheme,
        # RFC 6874: the % before the scope of an IPv6 address is itself escaped in a URL.
        host=url.raw_host.decode("ascii").replace("%25", "%", 1),
        port=url.port or PORTS[url.scheme],
        host_header=host_header.decode("utf-8", "replace"),
        head_only=request.method == "HEAD",
        wire=head + request.content,
    )


def _head(request: httpx.Request) -> bytes:
    method = request.method.encode("ascii", "replace")
    if not _TOKEN.fullmatch(method):
        raise UnsendableRequest("its method is no word")
    if not _TARGET.fullmatch(request.url.raw_path):
        raise UnsendableRequest("its address has a space or a control character in it")
    fields = request.headers.raw
    _check(fields, len(request.content))
    lines = [b"%s %s HTTP/1.1" % (method, request.url.raw_path)]
    lines += [b"%s: %s" % field for field in fields]
    head = b"\r\n".join([*lines, b"", b""])
    if len(head) > MAX_HEAD_BYTES:
        raise UnsendableRequest(f"its header is larger than {MAX_HEAD_BYTES // 1024} KiB")
    return head


def _check(fields: list[tuple[bytes, bytes]], size: int) -> None:
    """Refuse what a server could read in two ways. Raises UnsendableRequest."""
    for name, value in fields:
        if not _TOKEN.fullmatch(name):
            raise UnsendableRequest("the name of a header is no word")
        if not _VALUE.fullmatch(value):
            raise UnsendableRequest(f"its header {name.decode()} has a control character in it")
    hosts = _values(fields, b"host")
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        raise UnsendableRequest("it has not one Host header that is a name")
    if _values(fields, b"transfer-encoding"):
        raise UnsendableRequest("it has a Transfer-Encoding of its own")
    if _values(fields, b"content-length") not in ([], [b"%d" % size]):
        raise UnsendableRequest("it has a Content-Length that is not that of its body")


def _values(fields: list[tuple[bytes, bytes]], wanted: bytes) -> list[bytes]:
    return [value for name, value in fields if name.lower() == wanted]
