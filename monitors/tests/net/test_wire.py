"""Responses, byte by byte, without a network in between."""

import gzip
import zlib

import pytest

from monitors.domain.reasons import Fault
from monitors.net.errors import CheckFailed
from monitors.net.phases import PhaseClock
from monitors.net.wire import ResponseReader

MIB = 1_048_576
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


async def read(*segments: bytes, closes: bool = False) -> ResponseReader:
    """Give the reader after what has arrived; its `done` tells how it went."""
    reader = ResponseReader(PhaseClock(), MIB, head_only=False)
    for segment in segments:
        reader.data_received(segment)
    if closes:
        reader.connection_lost(None)
    return reader


def fault(reader: ResponseReader) -> Fault | None:
    error = reader.done.exception()
    assert error is None or isinstance(error, CheckFailed)
    return None if error is None else error.failure.fault


async def test_trailers_are_no_headers() -> None:
    reader = await read(CHUNKED + b"2\r\nok\r\n0\r\nX-Late: 1\r\n\r\n")
    assert fault(reader) is None
    assert (reader.headers, bytes(reader.body)) == ([(b"Transfer-Encoding", b"chunked")], b"ok")


async def test_trailers_have_an_end() -> None:
    trailers = [b"X-Late: " + b"x" * 8_000 + b"\r\n"] * 20
    assert fault(await read(CHUNKED + b"2\r\nok\r\n0\r\n", *trailers)) is Fault.NOT_HTTP


async def test_chunk_extensions_have_an_end() -> None:
    assert fault(await read(CHUNKED + b"2;", *[b"x" * 8_000] * 20)) is Fault.NOT_HTTP


async def test_small_chunks_are_no_offence() -> None:
    reader = await read(CHUNKED, *[b"1\r\nx\r\n"] * 100_000, b"0\r\n\r\n")
    assert (fault(reader), len(reader.body)) == (None, 100_000)


async def test_only_the_first_response_counts() -> None:
    first = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    second = b"HTTP/1.1 500 Oops\r\nX-Second: 1\r\nContent-Length: 3\r\n\r\nbad"
    reader = await read(first + second)
    assert fault(reader) is None
    assert (reader.status_code, reader.reason_phrase) == (200, b"OK")
    assert (reader.headers, bytes(reader.body)) == ([(b"Content-Length", b"2")], b"ok")


def header(lines: int, end: bytes = b"\r\n") -> bytes:
    """Give a header of a thousand bytes a line."""
    line = b"X-Filler: " + b"y" * (990 - len(end)) + end
    return b"HTTP/1.1 200 OK" + end + line * lines + b"Content-Length: 10000" + end + end


@pytest.mark.parametrize("split", [-1, -2, -3, -4])
async def test_a_body_is_not_counted_as_header(split: int) -> None:
    head = header(60)
    reader = await read(head[:split], head[split:] + b"x" * 10_000)
    assert (fault(reader), len(reader.body)) == (None, 10_000)


async def test_a_header_of_bare_line_feeds_is_counted_alike() -> None:
    assert fault(await read(header(60, b"\n") + b"x" * 10_000)) is None


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
async def test_a_header_that_is_too_large_is_refused_in_one_piece_and_in_many(end: bytes) -> None:
    whole = header(70, end) + b"x" * 10_000
    pieces = [whole[at : at + 1_000] for at in range(0, len(whole), 1_000)]
    assert [fault(await read(whole)), fault(await read(*pieces))] == [Fault.HEADERS_TOO_LARGE] * 2


@pytest.mark.parametrize(
    "first", [b"HTTP/1.0 100 Continue", b"HTTP/1.1 103 Hi\r\nConnection: close"]
)
async def test_an_informational_response_ends_no_connection(first: bytes) -> None:
    real = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
    for segments in ([first + b"\r\n\r\n" + real], [first + b"\r\n\r\n", real]):
        reader = await read(*segments)
        assert (fault(reader), reader.status_code, bytes(reader.body)) == (None, 200, b"ok")


IDENTITY = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n"


async def test_a_length_beside_the_identity_coding_is_kept_to() -> None:
    head = IDENTITY + b"Content-Length: 5\r\n\r\n"
    whole = await read(head + b"he", b"llo")
    assert (fault(whole), bytes(whole.body)) == (None, b"hello")
    assert fault(await read(head + b"he", closes=True)) is Fault.INCOMPLETE_BODY
    assert fault(await read(IDENTITY + b"Content-Length: 0\r\n\r\n")) is None


async def test_the_identity_coding_without_a_length_ends_with_the_connection() -> None:
    reader = await read(IDENTITY + b"\r\nhello", closes=True)
    assert (fault(reader), bytes(reader.body)) == (None, b"hello")


async def test_codings_may_stand_in_two_headers() -> None:
    body = gzip.compress(zlib.compress(b"ok"))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\ncontent-encoding: gzip\r\n"
    reader = await read(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert (fault(reader), bytes(reader.body)) == (None, b"ok")


@pytest.mark.parametrize(("status", "kept"), [(200, 0), (404, 3_000)])
async def test_of_a_body_in_flight_no_more_is_held_than_is_kept(status: int, kept: int) -> None:
    keeps = {200: 0, 404: 3_000}.__getitem__
    reader = ResponseReader(PhaseClock(), MIB, head_only=False, keeps=keeps)
    reader.data_received(b"HTTP/1.1 %d x\r\nContent-Length: 900000\r\n\r\n" % status)
    for _ in range(800):
        reader.data_received(b"x" * 1_000)
    assert (len(reader.body), reader.body_size, reader.done.done()) == (kept, 800_000, False)
