"""The forms in which programs write a secret: into URLs, HTML, JSON, headers and logs."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus, unquote

# Shorter ones may well stand in any text.
_SHORTEST_CORE = 6
_BYTES_A_GROUP, _LETTERS_A_GROUP = 3, 4


def as_written(secret: str) -> Iterator[str]:
    """Give all forms of a secret: itself, in other cases, escaped, encoded, and both."""
    yield from (secret, secret.lower(), secret.upper())
    yield from escaped(secret)
    yield from _spelled(secret)
    yield from _encoded(secret.encode("utf-8", "surrogatepass"))
    for encoded in (base64_of(secret), base64_of(secret).rstrip("=")):
        yield from (encoded, quote(encoded, safe=""), encoded.replace("/", "\\/"))
    # UTF-8 that was read as Latin-1.
    yield secret.encode("utf-8", "surrogatepass").decode("latin-1")


def as_echoed(secret: str) -> Iterator[str]:
    """Give the likeliest forms, for secrets that a target names, as many as it likes."""
    for text in (secret, unquote(secret)):
        yield from (text, quote(text, safe=""), html.escape(text), json.dumps(text)[1:-1])


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def escaped(secret: str) -> Iterator[str]:
    """Give a secret whose special characters are escaped for URLs, HTML and JSON."""
    in_json = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    in_urls = (_quoted(secret, quote, ""), _quoted(secret, quote, "/"), _quoted(secret, quote_plus))
    in_html = html.escape(secret)
    yield from (in_html, html.escape(secret, quote=False))
    yield in_html.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    yield in_html.replace("&#x27;", "&#039;")
    yield from (*in_urls, *(re.sub("%..", lambda code: code[0].lower(), url) for url in in_urls))
    for text in in_json:
        slashed = text.replace("/", "\\/")
        # JSON as a text in JSON.
        yield from (text, slashed, json.dumps(text)[1:-1], json.dumps(slashed)[1:-1])
        yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield re.sub("[<>&'+]", lambda found: f"\\u{ord(found[0]):04x}", in_json[0])
    yield re.sub("[<>&'+]", lambda found: f"\\u{ord(found[0]):04X}", in_json[0])


def _quoted(secret: str, into_url: Callable[..., str], safe: str = "") -> str:
    return into_url(secret, safe=safe, errors="surrogatepass")


def _spelled(secret: str) -> Iterator[str]:
    """Give a secret of which every character is escaped."""
    data = secret.encode("utf-8", "surrogatepass")
    units = secret.encode("utf-16-be", "surrogatepass").hex()
    yield "".join(f"&#{ord(character)};" for character in secret)
    for write in (str.lower, str.upper):
        yield "".join(f"&#x{write(f'{ord(character):x}')};" for character in secret)
        yield "".join(f"%{write(f'{byte:02x}')}" for byte in data)
        yield "".join(f"\\u{write(units[at : at + 4])}" for at in range(0, len(units), 4))


def _encoded(data: bytes) -> Iterator[str]:
    yield from (data.hex(), data.hex().upper())
    for before in range(_BYTES_A_GROUP):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            core = _core(encode(bytes(before) + data).decode(), before, len(data))
            if len(core) >= _SHORTEST_CORE:
                yield core


def _core(encoded: str, before: int, size: int) -> str:
    """Cut from Base64 what also depends on the bytes beside: a secret may stand amid others."""
    first = -(-before * _LETTERS_A_GROUP // _BYTES_A_GROUP)
    last = (before + size) * _LETTERS_A_GROUP // _BYTES_A_GROUP
    return encoded[first:last]
