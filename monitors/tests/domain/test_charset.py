"""In what charset a body is read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webencodings.labels import LABELS

from monitors.domain.charset import charset_of, decoded
from monitors.domain.observation import Observation, Phases, Response
from monitors.domain.result import Status
from monitors.domain.spec import CheckSpec
from monitors.domain.verdict import judge
from monitors.tests.clock import NOON

WORD = "错误"
PAGE = f"<html><head>%s</head><body>{WORD}</body></html>"
HTML = "text/html"


def status_of(body: bytes, content_type: str, **settings: str) -> Status:
    headers = (("Content-Type", content_type),) if content_type else ()
    response = Response(200, "OK", headers, body, body_complete=True)
    spec = CheckSpec("http://a.example/", **settings)  # type: ignore[arg-type]
    return judge(spec, Observation(NOON, Phases(wait_ms=1), response)).status


@pytest.mark.parametrize("content_type", [HTML, "", "application/xhtml+xml"])
@pytest.mark.parametrize(
    "declaration",
    [
        '<meta charset="gbk">',
        "<META CHARSET = GBK />",
        "<meta/charset=gbk>",
        "<meta name=x charset='gbk'>",
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
        "<meta content='text/html;charset=\"gbk\"' http-equiv=content-type>",
        "<!-- <meta charset=utf-8> --><meta charset=gbk>",
        '<link title="<meta charset=utf-8>"><meta charset=gbk>',
        "<meta charset=nonsense><meta charset=gbk>",
        '<meta name="description" content="charset=utf-8"><meta charset=gbk>',
        "<title>a < b</title><meta charset=gbk>",
    ],
)
def test_a_word_that_must_not_be_there_is_found_in_the_charset_that_a_page_declares(
    declaration: str, content_type: str
) -> None:
    body = (PAGE % declaration).encode("gbk")
    assert status_of(body, content_type, keyword_absent=WORD) is Status.DOWN
    assert status_of(body, content_type, keyword=WORD) is Status.UP


@pytest.mark.parametrize(
    ("body", "content_type", "codec"),
    [
        # A mark goes before all else.
        (b"\xef\xbb\xbf<meta charset=gbk>", "text/html; charset=gbk", "utf-8"),
        (b"\xff\xfe<\0", "text/html; charset=gbk", "utf-16-le"),
        (b"\xfe\xff\0<", "text/html; charset=utf-8", "utf-16-be"),
        # UTF-32 is no charset of the web: its mark begins with that of UTF-16.
        (b"\xff\xfe\0\0", HTML, "utf-16-le"),
        # The header goes before what the page says.
        (b"<meta charset=gbk>", "text/html; charset=shift_jis", "cp932"),
        (b"<meta charset=gbk>", "text/html; charset=nonsense", "gb18030"),
        (b"<meta charset=gbk>", "text/html; charset=utf-32", "gb18030"),
        (b"", "text/html; charset=nonsense", "utf-8"),
        (b"", 'text/html; Charset = "GBK"', "gb18030"),
        # Only so far, and only in documents.
        (b" " * 1_005 + b"<meta charset=gbk>", HTML, "gb18030"),
        (b" " * 1_024 + b"<meta charset=gbk>", HTML, "utf-8"),
        (b"<meta charset=gbk>", "text/plain", "utf-8"),
        (b'{"a": "<meta charset=gbk>"}', "application/json", "utf-8"),
        # XML.
        (b'<?xml version="1.0" encoding="gbk"?>', "application/xml", "gb18030"),
        (b"<?xml version='1.0' encoding='koi8-r' ?>", "image/svg+xml", "koi8-r"),
        (b' <?xml version="1.0" encoding="gbk"?>', "application/xml", "utf-8"),
        (b"<\0?\0x\0m\0l\0", "text/xml", "utf-16-le"),
        (b"\0<\0?\0x\0m\0l", "text/xml", "utf-16-be"),
        # What was read so far cannot be in UTF-16.
        (b"<meta charset=utf-16>", HTML, "utf-8"),
        (b"<meta charset=utf-16be>", HTML, "utf-8"),
        (b"<meta charset=x-user-defined>", HTML, "cp1252"),
        # Not declared.
        (b"<!-- <meta charset=gbk> -->", HTML, "utf-8"),
        (b"<!-- <meta charset=gbk>", HTML, "utf-8"),
        (b"<p title='<meta charset=gbk>'>", HTML, "utf-8"),
        (b"<metadata charset=gbk>", HTML, "utf-8"),
        (b"<meta content='charset=gbk'>", HTML, "utf-8"),
        (b"<meta charset>", HTML, "utf-8"),
        (b"<meta charset=", HTML, "utf-8"),
    ],
)
def test_mark_header_and_declaration_have_an_order(
    body: bytes, content_type: str, codec: str
) -> None:
    assert charset_of(body, content_type).codec == codec


@pytest.mark.parametrize(
    ("label", "body", "text"),
    [
        ("iso-8859-1", b"\x80 5", "€ 5"),
        ("latin1", b"\x93x\x94", "“x”"),
        ("ascii", b"gr\xfc\xdfe", "grüße"),
        ("windows-31j", b"\x87\x40", "①"),
        ("x-sjis", b"\x93\xfa\x96{", "日本"),
        ("Shift_JIS", b"\x93\xfa\x96{", "日本"),
        ("tis-620", b"\xe4\xb7\xc2", "ไทย"),
        ("gb2312", b"\xc3\xf1", "民"),
        ("big5", b"\xa4\xa4", "中"),
        ("ks_c_5601-1987", b"\xc7\xd1", "한"),
        ("iso-8859-8-i", b"\xf9", "ש"),
        ("x-mac-cyrillic", b"\x81", "Б"),
        ("latin-1", b"\x80", "€"),
        ("unicode-1-1-utf-8", "é".encode(), "é"),
        ("utf-16", "é".encode("utf-16-le"), "é"),
        ("x-user-defined", b"a\x80", "a\uf780"),
        ("iso-2022-jp", "日本".encode("iso2022_jp"), "日本"),
        ("iso-2022-kr", "한국".encode("iso2022_kr"), "한국"),
        ("hz-gb-2312", "民".encode("hz"), "民"),
        ("iso-2022-cn", b"plain", "plain"),
    ],
)
def test_labels_mean_what_they_mean_on_the_web(label: str, body: bytes, text: str) -> None:
    assert decoded(body, f"text/plain; charset={label}") == text


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"])
def test_a_mark_is_no_part_of_the_text(mark: bytes) -> None:
    codec = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}[mark]
    assert decoded(mark + "ok".encode(codec), "text/plain") == "ok"


@pytest.mark.parametrize("charset", ["punycode", "idna", "utf-7", "unicode_escape", "zlib", "\x00"])
def test_what_is_no_charset_of_the_web_is_read_as_utf_8(charset: str) -> None:
    assert decoded("grüße".encode(), f"text/html; charset={charset}") == "grüße"


@given(st.binary(max_size=300), st.sampled_from(sorted(LABELS)))
def test_any_bytes_are_read_in_any_charset(body: bytes, label: str) -> None:
    assert isinstance(decoded(body, f"text/html; charset={label}"), str)


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    b"<meta",
                    b"<!--",
                    b"-->",
                    b" ",
                    b"/",
                    b">",
                    b"charset",
                    b"=",
                    b'"',
                    b"'",
                    b"gbk",
                ),
                *(b"content", b"http-equiv=content-type", b"<?xml ", b"encoding", b"\xff", b"<"),
            ]
        ),
        max_size=60,
    ).map(b"".join)
)
def test_any_beginning_has_a_charset(body: bytes) -> None:
    assert charset_of(body, "").codec


@pytest.mark.parametrize("label", sorted(set(LABELS.values()) | {"hz-gb-2312", "iso-2022-kr"}))
def test_no_charset_takes_long(label: str) -> None:
    began = time.process_time()
    for body in (b"\xff" * 200_000, b"\x81 " * 100_000, b"\xd8\0" * 100_000, b"\x1b$B" * 70_000):
        decoded(body, f"text/html; charset={label}")
    assert time.process_time() - began < 1


@pytest.mark.parametrize("piece", [b"<meta ", b"<!--", b"<a b=", b"<meta a='", b"= ", b"</a "])
def test_no_declaration_takes_long(piece: bytes) -> None:
    began = time.process_time()
    for _ in range(100):
        charset_of(piece * 1_000, HTML)
    assert time.process_time() - began < 1
