"""In what charset a body is, and its text: as browsers find out (WHATWG Encoding and HTML).

A byte order mark goes before the Content-Type header, and that before what HTML or XML says of
itself in its first 1,024 bytes. Labels mean what they mean on the web: iso-8859-1 is windows-1252.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import webencodings

_DECLARED_WITHIN = 1_024
_DEFAULT = "utf-8"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))
# What Python's codecs call otherwise, or know more of. The last two the web refuses to read, for
# what they could smuggle into a page; here they are only searched.
_CODECS = {"gbk": "gb18030", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
_NOT_OF_THE_WEB = {"hz-gb-2312": "hz", "iso-2022-kr": "iso2022_kr", "csiso2022kr": "iso2022_kr"}

_OF_HEADER = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE | re.ASCII)
_OF_XML = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*([\"'])([^\"'>]+)\1")
_OF_CONTENT = re.compile(
    rb"charset\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;\"'][^\s;]*))", re.IGNORECASE
)
_MARKUP = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(?P<meta>meta)(?=[\s/])|</?(?P<tag>[a-z])[^\s>]*|<[!/?][^>]*",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(
    rb"[\s/]*([^\s/>=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"'][^\s>]*)))?"
)


class Found(NamedTuple):
    """A charset as Python's codecs call it, and how many bytes its mark takes."""

    codec: str
    mark: int = 0


def decoded(body: bytes, content_type: str) -> str:
    """Read a body; never raises, and takes a time that grows with its length alone."""
    charset = charset_of(body, content_type)
    if charset.codec == "x-user-defined":
        return webencodings.decode(body, "x-user-defined", "replace")[0]
    return body[charset.mark :].decode(charset.codec, "replace")


def charset_of(body: bytes, content_type: str) -> Found:
    """Find the charset: by mark, header or declaration; UTF-8 where nothing usable says it."""
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return Found(_CODECS.get(codec, codec), len(mark))
    label = _OF_HEADER.search(content_type)
    codec = _codec(label[1]) if label is not None else ""
    if not codec and _may_declare(content_type):
        codec = _declared(body[:_DECLARED_WITHIN])
    return Found(codec or _DEFAULT)


def _codec(label: str) -> str:
    """Give the codec that a label means; empty where the web knows no such label."""
    known = _NOT_OF_THE_WEB.get(label.strip().lower())
    if known is not None:
        return known
    # Also what people write with another dash, like latin-1 or utf_8.
    spellings = (label, label.replace("_", "-"), label.replace("-", ""))
    encoding = next(filter(None, map(webencodings.lookup, spellings)), None)
    if encoding is None or encoding.name == "replacement":
        return ""
    return _CODECS.get(encoding.name, encoding.codec_info.name)


def _may_declare(content_type: str) -> bool:
    """Tell whether a body is a document that may say its charset itself."""
    kind = content_type.partition(";")[0].strip().lower()
    return not kind or "html" in kind or "xml" in kind


def _declared(beginning: bytes) -> str:
    # The first characters of an XML declaration, in UTF-16 without a mark.
    if beginning.startswith(b"<\0?\0x\0"):
        return "utf-16-le"
    if beginning.startswith(b"\0<\0?\0x"):
        return "utf-16-be"
    for label in (*_of_meta(beginning), *_of_xml(beginning)):
        codec = _codec(label.decode("latin-1"))
        if codec.startswith("utf-16"):
            # It could not have been read so far if that were true.
            return "utf-8"
        if codec == "x-user-defined":
            return "cp1252"
        if codec:
            return codec
    return ""


def _of_xml(beginning: bytes) -> Iterator[bytes]:
    if (found := _OF_XML.match(beginning)) is not None:
        yield found[2]


def _of_meta(beginning: bytes) -> Iterator[bytes]:
    """Give what the meta elements say: not those in comments or in attributes of others."""
    position = 0
    while (found := _MARKUP.search(beginning, position)) is not None:
        position = found.end()
        if not (found["meta"] or found["tag"]):
            continue
        attributes: dict[bytes, bytes] = {}
        while (attribute := _ATTRIBUTE.match(beginning, position)) is not None:
            position = attribute.end()
            value = attribute[2] or attribute[3] or attribute[4] or b""
            attributes.setdefault(attribute[1].lower(), value)
        if found["meta"]:
            yield from _of_attributes(attributes)


def _of_attributes(attributes: dict[bytes, bytes]) -> Iterator[bytes]:
    if b"charset" in attributes:
        yield attributes[b"charset"]
    elif attributes.get(b"http-equiv", b"").lower() == b"content-type":
        inside = _OF_CONTENT.search(attributes.get(b"content", b""))
        if inside is not None:
            yield inside[1] or inside[2] or inside[3] or b""
