"""A URL in its one normal form, so that the same address is added only once."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

import ada_url

MAX_URL_LENGTH = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}

_UNSAFE = re.compile(r"[\x00-\x20\x7f]")
_SCOPE = re.compile(r"[A-Za-z0-9._-]{1,15}")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
# RFC 3986: what may stand unescaped in a path and in a query.
_PATH_SAFE = "/:@!$&'()*+,;=-._~%"
_QUERY_SAFE = _PATH_SAFE + "?"


class BadTarget(ValueError):  # noqa: N818 - reads as what it is at every raise
    """An address that cannot be checked; its text is a sentence for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address as typed, taken apart."""

    url: str
    """As typed, less white space around it, user name, password and fragment."""
    key: str
    """The normal form: two addresses that mean the same have the same key."""
    username: str = ""
    password: str = ""


def parse_target(text: str) -> Target:
    """Take an http or https address apart. Raises BadTarget with the sentence to show.

    Normal form as RFC 3986 section 6.2.2 and 6.2.3 have it: scheme and host in lower case
    (IDNA for names beyond ASCII), default port and fragment left out, an empty path is "/",
    escapes in upper case and only where they are needed, dot segments resolved.
    """
    typed = text.strip()
    parts = _split(typed)
    scheme = parts.scheme.lower()
    host, port = host_of(parts), port_of(parts)
    where = f"[{host}]" if ":" in host else host
    if port is not None and port != DEFAULT_PORTS[scheme]:
        where += f":{port}"
    path = _without_dots(_escaped(parts.path, _PATH_SAFE)) or "/"
    query = f"?{_escaped(parts.query, _QUERY_SAFE)}" if parts.query else ""
    key = f"{scheme}://{where}{path}{query}"
    if len(key) > MAX_URL_LENGTH:
        raise BadTarget(f"This address is longer than {MAX_URL_LENGTH:,} characters.")
    return Target(
        url=_as_typed(typed, parts),
        key=key,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _split(typed: str) -> SplitResult:
    if not typed:
        raise BadTarget("Enter the address to check, like https://example.com/.")
    if len(typed) > MAX_URL_LENGTH:
        raise BadTarget(f"This address is longer than {MAX_URL_LENGTH:,} characters.")
    if _UNSAFE.search(typed):
        raise BadTarget("An address has no spaces or control characters in it.")
    if "\\" in typed:
        raise BadTarget("An address has forward slashes only.")
    try:
        parts = urlsplit(typed)
    except ValueError:
        raise BadTarget("This is not an address like https://example.com/.") from None
    scheme = parts.scheme.lower()
    if "://" not in typed:
        raise BadTarget("Begin the address with http:// or https://.")
    if scheme not in DEFAULT_PORTS:
        raise BadTarget(f"Only http and https addresses can be checked, not “{scheme[:20]}”.")
    return parts


def host_of(parts: SplitResult) -> str:
    """Give the host in its normal form, which is ASCII, as the URL Standard has it (3.5).

    So it is what browsers open: emoji, hyphens and underscores anywhere, and an IPv4 address in
    any of its spellings. Names that DNS cannot carry are refused beyond that. Raises BadTarget.
    """
    # SplitResult.hostname is in lower case by Python's rules, which are not those of IDNA.
    host = parts.netloc.rpartition("@")[2]
    if host.startswith("["):
        return _ipv6(parts.hostname or "")
    host = host.partition(":")[0]
    if not host.removesuffix("."):
        raise BadTarget("This address has no host name, like example.com.")
    return _name_or_ipv4(host)


def _name_or_ipv4(typed: str) -> str:
    try:
        found = ada_url.URL(f"http://{typed}/")
    except ValueError:
        kind = "IPv4 address" if re.fullmatch(r"[0-9.]+", typed) else "host name"
        raise BadTarget(f"“{typed[:80]}” is not a valid {kind}.") from None
    host = found.hostname.removesuffix(".")
    if found.host_type is ada_url.HostType.DEFAULT and not _fits_dns(host):
        raise BadTarget(f"“{typed[:80]}” is not a valid host name.")
    return host


def _fits_dns(name: str) -> bool:
    """Tell whether a name is one that DNS can carry (RFC 1035, 2.3.4)."""
    labels = name.split(".")
    return len(name) <= 253 and all(1 <= len(label) <= 63 for label in labels)  # noqa: PLR2004


def _ipv6(host: str) -> str:
    address, percent, scope = host.partition("%")
    # RFC 6874: the % before the scope is itself escaped.
    scope = scope.removeprefix("25")
    try:
        plain = str(ipaddress.IPv6Address(address))
    except ValueError:
        plain = ""
    if not plain or (percent and _SCOPE.fullmatch(scope) is None):
        raise BadTarget(f"“{host[:80]}” is not a valid IPv6 address.")
    return f"{plain}%25{scope}" if scope else plain


def port_of(parts: SplitResult) -> int | None:
    """Give the port, if one is named. Raises BadTarget."""
    try:
        port = parts.port
    except ValueError:
        raise BadTarget("A port is a number from 1 to 65535.") from None
    if port == 0:
        raise BadTarget("A port is a number from 1 to 65535.")
    return port


def _escaped(text: str, safe: str) -> str:
    upper = _ESCAPE.sub(_needed_escape, text)
    lone_percent = re.sub(r"%(?![0-9A-F]{2})", "%25", upper)
    return quote(lone_percent, safe=safe)


def _needed_escape(match: re.Match[str]) -> str:
    character = chr(int(match[0][1:], 16))
    unreserved = character.isascii() and (character.isalnum() or character in "-._~")
    return character if unreserved else match[0].upper()


def _without_dots(path: str) -> str:
    """Resolve "." and ".." (RFC 3986 section 5.2.4)."""
    segments: list[str] = []
    parts = path.split("/")
    for position, segment in enumerate(parts):
        last = position == len(parts) - 1
        if segment == "..":
            if len(segments) > 1:
                segments.pop()
            if last:
                segments.append("")
        elif segment == ".":
            if last:
                segments.append("")
        else:
            segments.append(segment)
    return "/".join(segments)


def _as_typed(typed: str, parts: SplitResult) -> str:
    without_fragment = typed.partition("#")[0]
    if "@" not in parts.netloc:
        return without_fragment
    return without_fragment.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)
