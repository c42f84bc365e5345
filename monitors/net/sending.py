"""What goes onto the wire: one request, and nothing that opens a second one."""

import re

import httpx

from .errors import UnsendableRequest

# More than any server takes, and more than any redirect can ask for.
MAX_HEAD_BYTES = 262_144

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(rb"[^\x00-\x20\x7f]+")
_VALUE = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")
_HOST = re.compile(rb"[^\x00-\x20\x7f/\\@?#]+")
_KEPT = "monitors.head"


def on_the_wire(request: httpx.Request) -> bytes:
    """Give the bytes of a request. Raises UnsendableRequest.

    A request may not be changed once it was asked for: its head is made, and looked through, once.
    """
    head: bytes | None = request.extensions.get(_KEPT)
    if head is None:
        head = request.extensions[_KEPT] = _head(request)
    return head + request.content


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
