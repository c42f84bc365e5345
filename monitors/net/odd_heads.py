"""Reads response headers that llhttp refuses and that clients accept.

The danger for which llhttp refuses them, requests smuggled past a proxy, is none for a client that
closes the connection. What counts here is that every client reads them alike.
"""

import re

from .odd_chunks import OddChunks

_HTTP = b"HTTP/"
# The end of a header, as far back as its last byte may lie in what came before.
_END = re.compile(rb"\n\r{0,2}\n")
_END_BYTES = 4
_SHOWN = 256
_STATUS_LINE = re.compile(
    rb"HTTP/(?:1\.[01]|2(?:\.0)?|3)[ ]+([1-9][0-9]{2})(?![0-9])([^\n]*)", re.IGNORECASE
)
_FOLD = re.compile(rb"\n[ \t]+")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# "2", "+2", "2 bytes", "2.0"; what does not begin with a number is refused by all.
_LENGTH = re.compile(rb"[+]?0*([0-9]+)(?![0-9A-Za-z]).*", re.DOTALL)
# A length beyond 64 bits is none, and the body ends with the connection.
_MAX_DIGITS = 18
_FRAMING = (b"content-length", b"transfer-encoding")

Field = tuple[bytes, bytes]


class Unreadable(Exception):  # noqa: N818 - a finding about the target
    """A header that no client can read; its text says why."""


class OddHeads:
    """Rewrites the headers of one connection so that llhttp reads them.

    They are those of informational responses and of the real one, whose chunks are rewritten too.
    What llhttp has said is passed on where there is nothing to be read.
    """

    def __init__(self, refusal: str) -> None:
        self._refusal = refusal
        self.size = 0
        """Of the headers that were read, in bytes as they came."""
        self._held = bytearray()
        self._searched = 0
        self._is_over = False
        self._chunks: OddChunks | None = None

    def feed(self, data: bytes) -> bytes:
        """Give what can be parsed by now: nothing while a header lacks its end.

        Raises Unreadable.
        """
        if self._is_over:
            return self._of_the_body(data)
        self._held += data
        if not self._searched:
            self._held = self._held.lstrip(b"\r\n")
        if not _may_be_http(bytes(self._held[:_SHOWN])):
            raise Unreadable(self._refusal)
        clean = b""
        while not self._is_over and (head := self._whole_head()):
            status, fields = self._read(head)
            framing = _framing(fields)
            clean += _clean(status, fields, framing)
            self._is_over = not status.startswith(b"1") or status.startswith(b"101")
        if self._is_over:
            self._chunks = OddChunks() if _ends_in_chunked(framing) else None
            clean += self._of_the_body(bytes(self._held))
        return clean

    def _of_the_body(self, data: bytes) -> bytes:
        clean = self._chunks.feed(data) if self._chunks is not None else data
        if clean is None:
            raise Unreadable(self._refusal)
        return clean

    def _whole_head(self) -> bytes:
        """Take a header off what is held, if it is all there."""
        end = _END.search(self._held, max(0, self._searched - _END_BYTES))
        if end is None:
            self._searched = len(self._held)
            return b""
        head = bytes(self._held[: end.end()])
        del self._held[: end.end()]
        self._searched = 0
        self.size += len(head)
        return head

    def _read(self, head: bytes) -> tuple[bytes, list[Field]]:
        """Take a header apart: the status with its phrase, and the fields. Raises Unreadable.

        Folded lines are joined (RFC 9112, 5.2), bare carriage returns are spaces (2.2), and there
        is no space before a colon (5.1). A field whose name is no token is left out, as browsers
        do.
        """
        if b"\x00" in head:
            raise Unreadable("it has a NUL in its header")
        lines = head.strip(b"\r\n").replace(b"\r\n", b"\n").replace(b"\r", b" ")
        status_line, _, rest = lines.partition(b"\n")
        status = _STATUS_LINE.fullmatch(status_line)
        if status is None or rest.startswith((b" ", b"\t")):
            raise Unreadable(self._refusal)
        fields = [_field(line) for line in _FOLD.sub(b" ", rest).split(b"\n") if line]
        kept = [(name, value) for name, value in fields if _TOKEN.fullmatch(name)]
        return b"%s %s" % (status[1], status[2].strip()), kept


def _may_be_http(beginning: bytes) -> bool:
    """Tell what need not be waited for."""
    if b"\n" in beginning:
        return _STATUS_LINE.match(beginning) is not None
    return beginning[: len(_HTTP)].upper() == _HTTP[: len(beginning)]


def _field(line: bytes) -> Field:
    name, colon, value = line.partition(b":")
    if not colon:
        raise Unreadable("it has a line without a colon in its header")
    return name.rstrip(b" \t"), value.strip(b" \t")


def _clean(status: bytes, fields: list[Field], framing: list[Field]) -> bytes:
    plain = [field for field in fields if field[0].lower() not in _FRAMING]
    lines = [b"%s: %s" % field for field in (*plain, *framing)]
    return b"\r\n".join([b"HTTP/1.1 " + status, *lines, b"", b""])


def _framing(fields: list[Field]) -> list[Field]:
    """Say once how long the body is. Raises Unreadable where that cannot be known."""
    codings = b", ".join(_values(fields, b"transfer-encoding"))
    framing = [(b"Transfer-Encoding", codings)] if codings else []
    if _ends_in_chunked(framing):
        return framing
    lengths = {_length(part) for part in _values(fields, b"content-length")}
    if len(lengths) > 1:
        raise Unreadable("it names several lengths of its body")
    return framing + [(b"Content-Length", length) for length in lengths if length]


def _ends_in_chunked(framing: list[Field]) -> bool:
    return any(value.lower().rpartition(b",")[2].strip() == b"chunked" for _, value in framing)


def _values(fields: list[Field], wanted: bytes) -> list[bytes]:
    """Give the values of a field that may be there more than once (RFC 9110, 5.3)."""
    values = [value for name, value in fields if name.lower() == wanted]
    parts = [part.strip() for part in b",".join(values).split(b",")]
    return [part for part in parts if part] or [b""] * bool(values)


def _length(value: bytes) -> bytes:
    number = _LENGTH.fullmatch(value)
    if number is None:
        raise Unreadable("its Content-Length is no number")
    return number[1] if len(number[1]) <= _MAX_DIGITS else b""
