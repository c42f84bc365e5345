"""Bodies decoded piece by piece, so that a small bomb stays small."""

import zlib

ACCEPTED = "gzip, deflate"


class Decoder:
    """Decodes a body as it arrives and never makes more than it is asked for.

    Anything but gzip and deflate, which are all that a check asks for, passes as it is.
    """

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding.strip().lower()
        compressed = self.encoding in {"gzip", "x-gzip", "deflate"}
        # 32 + 15: zlib or gzip, told apart by the header.
        self._inflate = zlib.decompressobj(wbits=47) if compressed else None
        self._begun = False

    def feed(self, data: bytes, room: int) -> tuple[bytes, bool]:
        """Decode up to `room` bytes; also tell whether that was all. Raises zlib.error."""
        if self._inflate is None:
            return data[:room], len(data) <= room
        decoded = self._decompress(self._inflate.unconsumed_tail + data, room + 1)
        return decoded[:room], len(decoded) <= room

    def is_complete(self) -> bool:
        """Tell whether a compressed body has reached its end; an empty one needs none."""
        return self._inflate is None or not self._begun or self._inflate.eof

    def _decompress(self, data: bytes, most: int) -> bytes:
        if self._inflate is None or self._inflate.eof:
            return b""
        try:
            decoded = self._inflate.decompress(data, most)
        except zlib.error:
            # "deflate" without the zlib header, as some servers send it.
            if self._begun or self.encoding != "deflate":
                raise
            self._inflate = zlib.decompressobj(wbits=-15)
            decoded = self._inflate.decompress(data, most)
        self._begun = True
        return decoded
