"""Bodies decoded piece by piece, so that a small bomb stays small."""

import zlib

ACCEPTED = "gzip, deflate"
_KNOWN = {"gzip", "x-gzip", "deflate"}
# As many as curl undoes; each costs a decompressor.
_MAX_CODINGS = 5
_MAX_MEMBERS = 1_000
_GZIP_MAGIC = b"\x1f\x8b"
# What zlib calls window bits.
_WITHOUT_HEADER = -15
_ZLIB_OR_GZIP = 47


class Decoder:
    """Decodes a body as it arrives and never makes more than it is asked for.

    Takes the value of Content-Encoding: the codings in the order in which they were applied.
    Anything but gzip and deflate, which are all that a check asks for, passes as it is.
    """

    def __init__(self, encoding: str) -> None:
        self._layers = [_Layer(coding) for coding in _codings(encoding)] if encoding else []

    @property
    def encoding(self) -> str:
        """The codings that are undone, as a header names them."""
        return ", ".join(layer.coding for layer in reversed(self._layers))

    def feed(self, data: bytes, room: int) -> tuple[bytes, bool]:
        """Decode up to `room` bytes; also tell whether that was all. Raises zlib.error."""
        whole = True
        for layer in self._layers:
            whole = whole and len(data) <= room
            data = layer.feed(data, room + 1)
        return data[:room], whole and len(data) <= room

    def is_complete(self) -> bool:
        """Tell whether a compressed body has reached its end; an empty one needs none."""
        return all(layer.is_complete() for layer in self._layers)


def _codings(encoding: str) -> list[str]:
    """Give the codings to undo, the last one first, as far as they are known."""
    named = [name.strip().lower() for name in encoding.split(",")]
    codings = [name for name in reversed(named) if name not in {"", "identity"}]
    unknown = next((at for at, name in enumerate(codings) if name not in _KNOWN), len(codings))
    return codings[: min(unknown, _MAX_CODINGS)]


class _Layer:
    """Undoes one coding."""

    def __init__(self, coding: str) -> None:
        self.coding = coding
        self._member: zlib._Decompress | None = None
        self._members = 0
        self._held = b""
        self._is_over = False

    def feed(self, data: bytes, most: int) -> bytes:
        """Decode up to `most` bytes. Raises zlib.error."""
        data = self._held + data
        decoded = b""
        while len(decoded) < most:
            member = self._member_for(data)
            if member is None:
                break
            decoded += member.decompress(data, most - len(decoded))
            data = member.unused_data if member.eof else member.unconsumed_tail
        self._held = b"" if self._is_over else data
        return decoded

    def is_complete(self) -> bool:
        return not self._held if self._member is None else self._member.eof

    def _member_for(self, data: bytes) -> "zlib._Decompress | None":
        """Give what decodes the data; None when there is too little of it, or nothing to decode."""
        if self._member is not None and not self._member.eof:
            return self._member if data else None
        # The first two bytes tell what begins.
        if self._is_over or len(data) < len(_GZIP_MAGIC):
            return None
        if self._member is not None and not data.startswith(_GZIP_MAGIC):
            self._is_over = True
            return None
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise zlib.error("it has too many members")
        self._member = zlib.decompressobj(_window_bits(data, self.coding))
        return self._member


def _window_bits(data: bytes, coding: str) -> int:
    """Tell zlib and gzip from "deflate" without a header, as some servers send it (RFC 1950)."""
    is_zlib = data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2]) % 31 == 0
    bare = coding == "deflate" and not is_zlib and not data.startswith(_GZIP_MAGIC)
    return _WITHOUT_HEADER if bare else _ZLIB_OR_GZIP
