"""Reads chunks whose framing llhttp refuses and that curl and browsers read."""

import re

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?")


class OddChunks:
    """Rewrites a chunked body so that llhttp reads it.

    Its lines may end in a bare line feed, and its extensions be anything (RFC 9112, 7.1).
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._searched = 0
        self._left = 0
        """Of the present chunk, in bytes."""
        self._ends_chunk = False
        self._is_over = False

    def feed(self, data: bytes) -> bytes | None:
        """Give what can be parsed by now, and the trailer as it is; None where it is no chunk."""
        if self._is_over:
            return data
        self._held += data
        clean = []
        while part := self._next():
            clean.append(part)
        if part is None:
            return None
        return b"".join(clean)

    def _next(self) -> bytes | None:
        """Give the next piece in its clean form, nothing while it is not there."""
        if self._is_over or not self._held:
            return b""
        if self._left:
            return self._take(min(self._left, len(self._held)))
        end = self._held.find(b"\n", self._searched) + 1
        if not end:
            self._searched = len(self._held)
            return b""
        self._searched = 0
        line = bytes(self._held[: end - 1])
        del self._held[:end]
        return self._read(line)

    def _take(self, count: int) -> bytes:
        data = bytes(self._held[:count])
        del self._held[:count]
        self._left -= count
        self._ends_chunk = not self._left
        return data

    def _read(self, line: bytes) -> bytes | None:
        if self._ends_chunk:
            self._ends_chunk = False
            return b"\r\n" if line in (b"", b"\r") else None
        size = _SIZE.fullmatch(line)
        if size is None:
            return None
        self._left = int(size[1], 16)
        if self._left:
            return b"%x\r\n" % self._left
        self._is_over = True
        return b"0\r\n" + bytes(self._held)
