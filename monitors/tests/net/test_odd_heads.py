"""Response headers that are against the rules, and that curl and browsers read all the same."""

import time

import pytest

from monitors.domain.reasons import Fault
from monitors.net.errors import CheckFailed
from monitors.net.phases import PhaseClock
from monitors.net.wire import ResponseReader

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 2\r\n"
END = b"\r\nok"
CHUNKS = b"\r\n2\r\nok\r\n0\r\n\r\n"
NOT_HTTP = "the answer of 192.0.2.1 port 80 is not HTTP: "


def read(raw: bytes, piece: int, *, closes: bool = True) -> ResponseReader:
    """Give the reader after a response that came in pieces, the last one before the end."""
    reader = ResponseReader(PhaseClock(), 1_000, head_only=False)
    reader.peer = ("192.0.2.1", 80)
    for at in range(0, len(raw), piece):
        reader.data_received(raw[at : at + piece])
    if closes:
        reader.connection_lost(None)
    return reader


def failed(reader: ResponseReader) -> CheckFailed | None:
    error = reader.done.exception()
    assert error is None or isinstance(error, CheckFailed)
    return error


READ_BY_ALL = {
    "folded": OK + b"X-A: one\r\n two\r\n" + LENGTH + END,
    "folded by a tab": OK + b"X-A: one\r\n\ttwo\r\n" + LENGTH + END,
    "folded around nothing": OK + b"X-A: one\r\n \r\n" + LENGTH + END,
    "folded by bare line feeds": b"HTTP/1.1 200 OK\nX-A: one\n two\nContent-Length: 2\n\nok",
    "length in a fold": OK + b"Content-Length:\r\n 2\r\n" + END,
    "chunked in a fold": OK + b"Transfer-Encoding:\r\n chunked\r\n" + CHUNKS,
    "control character": OK + b"X-A: o\x01\x0b\x1b\x7fe\r\n" + LENGTH + END,
    "bare carriage return": OK + b"X-A: o\re\r\n" + LENGTH + END,
    "two carriage returns": OK.replace(b"\r", b"\r\r") + LENGTH.replace(b"\r", b"\r\r") + END,
    "space before the colon": OK + b"X-A : one\r\n" + LENGTH + END,
    "tab before the colon": OK + b"X-A\t: one\r\n" + LENGTH + END,
    "length with a space before the colon": OK + b"Content-Length : 2\r\n" + END,
    "chunked with a space before the colon": OK + b"Transfer-Encoding : chunked\r\n" + CHUNKS,
    "space in a name": OK + b"X A: one\r\n" + LENGTH + END,
    "odd characters in a name": OK + b'X(A)/@[]"\x01\xc3\xa4: one\r\n' + LENGTH + END,
    "no name": OK + b": one\r\n" + LENGTH + END,
    "same length twice": OK + LENGTH + LENGTH + END,
    "same length thrice in one": OK + b"Content-Length: 2, 2,2\r\n" + END,
    "length with zeros before": OK + LENGTH + b"Content-Length: 02\r\n" + END,
    "length with a plus": OK + b"Content-Length: +2\r\n" + END,
    "length with a unit": OK + b"Content-Length: 2 bytes\r\n" + END,
    "length with a fraction": OK + b"Content-Length: 2.0\r\n" + END,
    "length beyond all measure": OK + b"Content-Length: 9223372036854775808\r\n" + END,
    "length of many digits": OK + b"Content-Length: " + b"9" * 5_000 + b"\r\n" + END,
    "lengths that differ beside chunks": (
        OK + LENGTH + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n" + CHUNKS
    ),
    "empty transfer coding": OK + b"Transfer-Encoding:\r\n" + LENGTH + END,
    "two spaces in the status line": b"HTTP/1.1  200 OK\r\n" + LENGTH + END,
    "no space in the status line": b"HTTP/1.1 200OK\r\n" + LENGTH + END,
    "no phrase and a space": b"HTTP/1.1 200 \r\nX A: one\r\n" + LENGTH + END,
    "lower case": b"http/1.1 200 OK\r\n" + LENGTH + END,
    "version 2": b"HTTP/2 200 OK\r\n" + LENGTH + END,
    "an empty line before": b"\r\n" + OK + b"X A: one\r\n" + LENGTH + END,
    "odd informational response": (
        b"HTTP/1.1 103 Hints\r\nX A : \x01\r\n\r\n" + OK + b"X A: one\r\n" + LENGTH + END
    ),
    "informational before an odd one": (
        b"HTTP/1.1 100 Continue\r\nX-Not: this\r\n\r\n" + OK + b"X A: one\r\n" + LENGTH + END
    ),
    "until the connection ends": OK + b"X A: one\r\n" + END,
    "chunks of bare line feeds": (OK + b"Transfer-Encoding: chunked\r\n\r\n1\no\n1\nk\n0\n\n"),
    "bare line feeds throughout": (
        b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nok\n0\nX-A: one\n\n"
    ),
    "odd chunk extension": (
        OK + b'Transfer-Encoding: chunked\r\n\r\n2 ; a="b\x01c d\r\nok\r\n0;\x01\r\n\r\n'
    ),
    "odd header before odd chunks": (
        OK + b"X A: one\r\nTransfer-Encoding: chunked\r\n\r\n02\nok\r\n000\n\r\n"
    ),
    "odd trailer name": OK + b"Transfer-Encoding: chunked\r\n" + CHUNKS[:-2] + b"X A : b\r\n\r\n",
    "odd trailer value": (
        OK + b"Transfer-Encoding: chunked\r\n" + CHUNKS[:-2] + b"X-A: \x01\r\n b\r\n\r\n"
    ),
}


@pytest.mark.parametrize("piece", [1, 7, 100_000])
@pytest.mark.parametrize("raw", READ_BY_ALL.values(), ids=READ_BY_ALL.keys())
async def test_what_every_client_reads_is_read(raw: bytes, piece: int) -> None:
    reader = read(raw, piece)
    assert failed(reader) is None
    assert (reader.status_code, bytes(reader.body)) == (200, b"ok")
    assert reader.reason_phrase in (b"OK", b"")
    assert (b"X-Not", b"this") not in reader.headers


@pytest.mark.parametrize("name", ["same length twice", "space in a name", "folded"])
async def test_an_odd_header_does_not_wait_for_the_end_of_the_connection(name: str) -> None:
    assert read(READ_BY_ALL[name], 5, closes=False).done.done()


@pytest.mark.parametrize(
    ("raw", "headers"),
    [
        (b"X-A: one\r\n two\r\n\t three \r\n", [(b"X-A", b"one two three")]),
        (b"X-A : \x01 one\x7f\t\r\n", [(b"X-A", b"\x01 one\x7f")]),
        (b"X A: one\r\nX-B: two\r\n", [(b"X-B", b"two")]),
        (b"X-A: o\rne\r\n", [(b"X-A", b"o ne")]),
        (b"X-A: one \t\r\n", [(b"X-A", b"one")]),
    ],
)
async def test_values_come_out_as_browsers_read_them(
    raw: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    reader = read(OK + raw + LENGTH + END, 100)
    assert reader.headers == [*headers, (b"Content-Length", b"2")]


@pytest.mark.parametrize("piece", [1, 7, 100_000])
@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (OK + b"X-A: o\x00e\r\n" + LENGTH + END, "it has a NUL in its header"),
        (OK + b"X-\x00A: oe\r\n" + LENGTH + END, "it has a NUL in its header"),
        (b"HTTP/1.1 200 O\x00K\r\n" + LENGTH + END, "it has a NUL in its header"),
        (OK + b"garbage\r\n" + LENGTH + END, "it has a line without a colon in its header"),
        (OK + LENGTH + b"<html>\r\n" + END, "it has a line without a colon in its header"),
        (OK + b" X-A: one\r\n" + LENGTH + END, "unexpected space after start line"),
        (OK + LENGTH + b"Content-Length: 3\r\n" + END, "it names several lengths of its body"),
        (OK + b"Content-Length: 2, 3\r\n" + END, "it names several lengths of its body"),
        (OK + b"Content-Length: two\r\n" + END, "its Content-Length is no number"),
        (OK + b"Content-Length: -2\r\n" + END, "its Content-Length is no number"),
        (OK + b"Content-Length: 0x2\r\n" + END, "its Content-Length is no number"),
        (OK + b"Content-Length: \r\n" + END, "its Content-Length is no number"),
        (b"HTTP/1.2 200 OK\r\n" + LENGTH + END, "invalid HTTP version"),
        (b"HTTP/1.1 2000 OK\r\n" + LENGTH + END, "invalid response status"),
        (OK + b"X A: one\r\n", "it ended in the middle of the header"),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n",
            "the body breaks off its framing (Invalid character in chunk size)",
        ),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\n2\nokk\n0\n\n",
            "the body breaks off its framing (Expected LF after chunk size)",
        ),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\nok",
            "the body breaks off its framing (Chunk size overflow)",
        ),
    ],
)
async def test_what_no_client_reads_is_refused(raw: bytes, detail: str, piece: int) -> None:
    error = failed(read(raw, piece))
    assert error is not None
    assert str(error) == NOT_HTTP + detail


@pytest.mark.parametrize("piece", [1, 7, 100_000])
async def test_odd_chunks_that_break_off_are_no_whole_body(piece: int) -> None:
    raw = OK + b"Transfer-Encoding: chunked\r\n\r\n2\nok\n"
    error = failed(read(raw, piece))
    assert error is not None
    assert error.failure.fault is Fault.INCOMPLETE_BODY


async def test_odd_chunks_without_end_are_refused() -> None:
    reader = read(OK + b"Transfer-Encoding: chunked\r\n\r\n2;\x01" + b"x" * 200_000, 1_000)
    error = failed(reader)
    assert error is not None
    assert error.failure.fault is Fault.NOT_HTTP


async def test_an_odd_header_has_the_same_end_to_its_size() -> None:
    filler = b"X A: " + b"y" * 990 + b"\r\n"
    errors = [failed(read(OK + filler * 70 + LENGTH + END, piece)) for piece in (1_000, 100_000)]
    assert [error and error.failure.fault for error in errors] == [Fault.HEADERS_TOO_LARGE] * 2


@pytest.mark.parametrize(
    "filler", [b"\r", b"\n ", b"X : \r\n", b"HTTP/1.1 100 Continue\r\nX A: b\r\n\r\n", b"\t"]
)
async def test_reading_an_odd_header_costs_little_however_it_comes(filler: bytes) -> None:
    raw = (OK + b"X A: one\r\n" + filler * (65_000 // len(filler)))[:65_000]
    began_s = time.process_time()
    read(raw, 1)
    assert time.process_time() - began_s < 2
