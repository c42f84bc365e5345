"""Compressed bodies, whole and in pieces."""

import gzip
import zlib

import pytest

from monitors.net.decoding import Decoder

TEXT = b"all is well " * 1_000
BARE = zlib.compress(TEXT)[2:-4]


def decode(encoding: str, data: bytes, piece: int, room: int = 100_000) -> tuple[bytes, bool, bool]:
    """Give what comes of feeding a body in pieces, whether it was all, and whether it ended."""
    decoder = Decoder(encoding)
    decoded, whole = b"", True
    for at in range(0, len(data), piece):
        more, whole = decoder.feed(data[at : at + piece], room - len(decoded))
        decoded += more
        if not whole:
            break
    return decoded, whole, decoder.is_complete()


@pytest.mark.parametrize("piece", [1, 2, 7, 100_000])
@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("", TEXT),
        ("br", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", BARE),
        ("deflate", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:500]) + gzip.compress(b"") + gzip.compress(TEXT[500:])),
        ("gzip", gzip.compress(TEXT) + bytes(5_000)),
        ("gzip", gzip.compress(TEXT) + b"\n"),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
        ("deflate, identity, gzip", gzip.compress(BARE)),
        ("br, gzip", gzip.compress(TEXT)),
        ("gzip, br", TEXT),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_body_is_decoded_however_it_is_cut(encoding: str, data: bytes, piece: int) -> None:
    assert decode(encoding, data, piece) == (TEXT, True, True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
def test_an_empty_body_needs_no_end(encoding: str) -> None:
    assert decode(encoding, b"", 1) == (b"", True, True)


@pytest.mark.parametrize("length", [1, 2, 30])
def test_a_body_that_ends_too_early_is_not_complete(length: int) -> None:
    assert decode("gzip", gzip.compress(TEXT)[:length], 1)[2] is False


@pytest.mark.parametrize("piece", [1, 100_000])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_no_more_is_made_than_there_is_room_for(layers: int, piece: int) -> None:
    data = bytes(10_000_000)
    for _ in range(layers):
        data = gzip.compress(data)
    decoded, whole, _ = decode(", ".join(["gzip"] * layers), data, piece, room=50_000)
    assert (decoded, whole) == (bytes(50_000), False)


def test_members_without_end_are_refused() -> None:
    with pytest.raises(zlib.error, match="too many members"):
        decode("gzip", gzip.compress(b"") * 2_000, 100_000)


def test_the_codings_that_are_undone_have_a_name() -> None:
    named = ["gzip", "br", " GZIP ,deflate", "br, identity, gzip", ", ".join(["gzip"] * 9)]
    assert [Decoder(encoding).encoding for encoding in named] == [
        "gzip",
        "",
        "gzip, deflate",
        "gzip",
        "gzip, gzip, gzip, gzip, gzip",
    ]
