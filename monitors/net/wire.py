"""Reads one HTTP/1.1 response from one connection."""

import asyncio
import math
import zlib
from collections.abc import Callable

import httptools

from monitors.domain.reasons import Fault

from .decoding import Decoder
from .errors import CheckFailed
from .odd_heads import OddHeads, Unreadable
from .phases import Phase, PhaseClock

MAX_HEADER_BYTES = 65_536
# What may stand around a body of no size, header and trailer, and around each byte of one.
_MAX_FRAMING_BYTES = 2 * MAX_HEADER_BYTES
_MAX_FRAMING_PER_BYTE = 16
_AROUND_HEADER = len(b": \r\n")
# Not for one who reads: what is secret in it must be whole to be known.
_SHOWN_BYTES = 1_024
_MAX_LENGTH_DIGITS = 18
_INFORMATIONAL = range(102, 200)

Keeps = Callable[[int], int]
"""Tells how many bytes of a body somebody will read, by the status code."""


class ResponseReader(asyncio.Protocol):
    """Collects a response until it is complete, its body is over the limit, or it goes wrong.

    `done` then has a result, or CheckFailed. A body is read to its end or to the limit, however
    little of it is kept. The names of the callbacks are httptools'.
    """

    def __init__(
        self, clock: PhaseClock, body_limit: int, *, head_only: bool, keeps: Keeps | None = None
    ) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # A handshake may fail before anybody waits for the answer.
        self.done.add_done_callback(_retrieve)
        self.transport: asyncio.Transport | None = None
        self.status_code = 0
        self.reason_phrase = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.body_size = 0
        """Of what was decoded so far, kept or not."""
        self.body_complete = True
        self.peer: tuple[str, int] = ("", 0)
        self._clock = clock
        self._body_limit = body_limit
        self._head_only = head_only
        self._keeps = keeps
        self._kept_bytes = body_limit
        self._parser = self._new_parser()
        self._before_body: list[bytes] = []
        self._odd_heads: OddHeads | None = None
        self._decoder = Decoder("")
        self._received_bytes = 0
        self._raw_body_bytes = 0
        self._in_body = False
        self._ends_with_connection = False
        self._announced_bytes = math.inf
        self._first_bytes = b""

    @property
    def has_heard(self) -> bool:
        """Whether anything at all has arrived."""
        return bool(self._first_bytes)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment] # a stream has a Transport

    def data_received(self, data: bytes) -> None:
        if self.done.done():
            return
        if len(self._first_bytes) < _SHOWN_BYTES:
            self._first_bytes += data[:_SHOWN_BYTES]
        self._received_bytes += len(data)
        if not self._raw_body_bytes:
            self._before_body.append(data)
        try:
            self._feed(data)
            self._check_overhead()
        except CheckFailed as failed:
            self._fail(failed)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._end(exc)
        # They refer back: all of this would wait until somebody looks for garbage.
        del self._parser
        self.transport = None

    def _end(self, exc: Exception | None) -> None:
        address, port = self.peer
        if self._in_body and self._ends_with_connection and exc is None:
            self._end_of_body()
        elif self._in_body:
            self._fail(CheckFailed(Fault.INCOMPLETE_BODY, size=f"{self._raw_body_bytes:,}"))
        elif exc is not None:
            when = "before the response was complete" if self._first_bytes else "after the request"
            self._fail(CheckFailed(Fault.RESET, address=address, port=port, when=when))
        elif self._first_bytes:
            self._fail(self._not_http("it ended in the middle of the header"))
        else:
            self._fail(CheckFailed(Fault.CLOSED_EARLY, address=address, port=port))

    # httptools callbacks

    def on_status(self, status: bytes) -> None:
        if self._in_body:  # it is of another response
            return
        self.reason_phrase += status
        if b"\x00" in status:
            self._fail(self._not_http("it has a NUL in its header"))

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_body:  # else it is a trailer, or of another response
            # What stands around a value is not part of it (RFC 9110, 5.5).
            self.headers.append((name, value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        if self._in_body:
            return
        self.status_code = self._parser.get_status_code()
        if self.status_code in _INFORMATIONAL or self.status_code == 100:  # noqa: PLR2004 - Continue
            return
        self._clock.enter(Phase.TRANSFER)
        self._in_body = True
        if self._header_is_too_large():
            self._fail(_too_large())
            return
        names = {name.lower(): value.lower() for name, value in self.headers}
        self._read_framing(names.get(b"transfer-encoding", b""), names.get(b"content-length", b""))
        if b"content-encoding" in names:
            self._decoder = Decoder(self._all_of(b"content-encoding"))
        if self._head_only or not self._announced_bytes:
            self._finish()

    def on_body(self, body: bytes) -> None:
        if self.done.done():
            return
        self._before_body.clear()
        self._raw_body_bytes += len(body)
        if self._keeps is not None and not self.body_size:
            self._kept_bytes = self._keeps(self.status_code)
        try:
            decoded, whole = self._decoder.feed(body, self._body_limit - self.body_size)
        except zlib.error as error:
            self._badly_encoded(str(error).rpartition(": ")[2])
            return
        self.body_size += len(decoded)
        if (room := self._kept_bytes - len(self.body)) > 0:
            self.body += decoded[:room]
        if not whole or self._raw_body_bytes > self._body_limit:
            self.body_complete = False
            self._finish()
        elif self._raw_body_bytes >= self._announced_bytes:
            self._end_of_body()

    def on_message_complete(self) -> None:
        if not self._in_body:
            self._forget_head()
        elif not self.done.done():
            self._end_of_body()

    # our own

    def _new_parser(self) -> httptools.HttpResponseParser:
        parser = httptools.HttpResponseParser(self)
        # What browsers read without a word is no outage: lines that end in a bare line feed
        # (RFC 9112, 2.2), spaces after a chunk's size, chunks that win over a length (6.3).
        # The danger in it, requests smuggled past a proxy, is none for a client.
        parser.set_dangerous_leniencies(
            lenient_optional_cr_before_lf=True,
            lenient_spaces_after_chunk_size=True,
            lenient_chunked_length=True,
            # A 1xx response may carry what would end the connection after a real one.
            lenient_keep_alive=True,
        )
        return parser

    def _feed(self, data: bytes) -> None:
        """Parse what has arrived. Raises CheckFailed."""
        try:
            self._parser.feed_data(self._odd_heads.feed(data) if self._odd_heads else data)
        except httptools.HttpParserUpgrade:
            self._finish()
        except httptools.HttpParserError as error:
            self._meet_refusal(error)
        except Unreadable as unreadable:
            raise self._not_http(str(unreadable)) from None

    def _meet_refusal(self, error: httptools.HttpParserError) -> None:
        """Read it once more as clients do; llhttp is stricter than all of them."""
        if self.done.done():
            return
        if self._in_body and self._is_of_a_trailer(error):
            self._end_of_body()
        elif self._raw_body_bytes or self._odd_heads is not None:
            raise self._not_http(self._explained(error))
        else:
            self._begin_anew(error)

    def _begin_anew(self, error: httptools.HttpParserError) -> None:
        self._odd_heads = OddHeads(self._explained(error))
        self._in_body = False
        self._forget_head()
        self._parser = self._new_parser()
        self._parser.set_dangerous_leniencies(lenient_headers=True)
        self._feed(b"".join(self._before_body))

    def _all_of(self, wanted: bytes) -> str:
        """Give the values of a header that may be there more than once (RFC 9110, 5.3)."""
        values = [value for name, value in self.headers if name.lower() == wanted]
        return b", ".join(values).decode("latin-1")

    def _read_framing(self, transfer_encoding: bytes, length: bytes) -> None:
        chunked = transfer_encoding.rpartition(b",")[2].strip() == b"chunked"
        # A length beyond 64 bits is none.
        self._ends_with_connection = not chunked and not 0 < len(length) <= _MAX_LENGTH_DIGITS
        if chunked:
            # Of its trailer nobody reads anything; llhttp would refuse the oddest of them.
            self._parser.set_dangerous_leniencies(lenient_headers=True)
        if transfer_encoding and not chunked and length:
            # llhttp lets any coding win over the length (RFC 9112, 6.3), "identity" included, which
            # is none; whoever still sends it means the length.
            self._announced_bytes = int(length)

    def _header_is_too_large(self) -> bool:
        # What has arrived may be body for the most part, so the lines are counted, but only then.
        if self._received_bytes <= MAX_HEADER_BYTES:
            return False
        if self._odd_heads is not None:
            return self._odd_heads.size > MAX_HEADER_BYTES
        sizes = (len(name) + len(value) + _AROUND_HEADER for name, value in self.headers)
        return sum(sizes) > MAX_HEADER_BYTES

    def _check_overhead(self) -> None:
        """Refuse an endless header, trailer or chunk extension."""
        if not self._in_body:
            if self._received_bytes > MAX_HEADER_BYTES:
                raise _too_large()
            return
        framing_bytes = self._received_bytes - self._raw_body_bytes
        room = _MAX_FRAMING_BYTES + _MAX_FRAMING_PER_BYTE * self._raw_body_bytes
        if framing_bytes > room:
            raise self._not_http("there is more around its body than in it")

    def _forget_head(self) -> None:
        """Make ready for another header: the real one after a 1xx, or the same once more."""
        self.reason_phrase = b""
        self.headers.clear()

    def _end_of_body(self) -> None:
        if self._decoder.is_complete():
            self._finish()
        else:
            self._badly_encoded("it ends too early")

    def _badly_encoded(self, detail: str) -> None:
        encoding = self._decoder.encoding
        self._fail(CheckFailed(Fault.BAD_ENCODING, encoding=encoding, detail=detail))

    @staticmethod
    def _is_of_a_trailer(error: httptools.HttpParserError) -> bool:
        """Tell what is wrong after the last chunk, when the body is all there."""
        return "header" in str(error)

    def _explained(self, error: httptools.HttpParserError) -> str:
        if self._in_body:
            return f"the body breaks off its framing ({error})"
        shown = self._first_bytes[:_SHOWN_BYTES].decode("ascii", "replace").strip()
        if not shown.startswith("HTTP/"):
            plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
            return f"it begins with “{plain}”"
        return str(error)[:1].lower() + str(error)[1:]

    def _not_http(self, detail: str) -> CheckFailed:
        address, port = self.peer
        return CheckFailed(Fault.NOT_HTTP, address=address, port=port, detail=detail)

    def _finish(self) -> None:
        if not self.done.done():
            self._clock.stop()
            self.done.set_result(None)

    def _fail(self, failed: CheckFailed) -> None:
        if not self.done.done():
            self._clock.stop()
            self.done.set_exception(failed)


def _too_large() -> CheckFailed:
    return CheckFailed(Fault.HEADERS_TOO_LARGE, limit=f"{MAX_HEADER_BYTES // 1024} KiB")


def _retrieve(done: "asyncio.Future[None]") -> None:
    if not done.cancelled():
        done.exception()
