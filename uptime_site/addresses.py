"""Hosts, origins and listening addresses, as people write them, in the one spelling that matches.

What has only one meaning is mended; the rest stops the start, since Django would never find it
equal to what a browser sends, and answer every page with "Bad Request".
"""

import re
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

import ada_url
from django.core.exceptions import ImproperlyConfigured

_PORTS = {"http": 80, "https": 443}
# What Django's host_validation_re lets through, by labels.
_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_LIKE_IPV4 = re.compile(r"[0-9.]+")
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
_PATH = re.compile(r"[A-Za-z0-9._~/-]*")


def allowed_host(text: str) -> str:
    """Give an entry of ALLOWED_HOSTS as Django compares it: no scheme, port or path, lower case."""
    try:
        return "*" if text == "*" else _host_pattern(text)
    except ValueError:
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS holds host names like uptime.example.com, not “{text}”."
        ) from None


def trusted_origin(text: str) -> str:
    """Give an entry of CSRF_TRUSTED_ORIGINS as a browser writes it in its Origin header."""
    try:
        return _origin(text)
    except ValueError:
        raise ImproperlyConfigured(
            f"CSRF_TRUSTED_ORIGINS holds addresses like https://uptime.example.com, not “{text}”."
        ) from None


def site_url(text: str, base_path: str) -> str:
    """Give the address of the dashboard, with its base path and without a last slash; "" is none.

    Whether the path is given with it or not: there is one that is right.
    """
    given = text.strip().rstrip("/")
    if not given:
        return ""
    try:
        return _origin_of_site(given) + (base_path or urlsplit(given).path)
    except ValueError:
        raise ImproperlyConfigured(
            f"SITE_URL is an address like https://uptime.example.com, not “{text}”."
        ) from None


def canary(text: str) -> str:
    """Give an entry of CANARY_URLS in its normal form."""
    try:
        found = ada_url.URL(text)
    except ValueError:
        found = None
    # A host alone, "example.com:443", reads as a scheme.
    if found is None or found.protocol not in {"http:", "https:"} or found.username:
        raise ImproperlyConfigured(
            f"CANARY_URLS holds addresses like https://example.com/, not “{text}”."
        )
    return str(found.href).partition("#")[0]


def binding(text: str, port: int) -> str:
    """Give where to listen as gunicorn spells it; nothing given means this machine alone."""
    given = text.strip()
    if re.fullmatch(r"unix:.+|fd://\d+", given):
        return given
    try:
        host = _address_or_name(given or "127.0.0.1")
    except ValueError:
        raise ImproperlyConfigured(
            "BIND is an address like 127.0.0.1, ::1 or unix:/run/uptime.sock "
            f"(0.0.0.0 lets other machines in; the port is PORT), not “{text}”."
        ) from None
    return f"{host}:{port}"


def url(host: str, port: int, path: str) -> str:
    """Give the URL at which somebody on this machine opens what listens at host and port."""
    shown = _EVERYWHERE.get(host, host)
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}{path}/"


def _host_pattern(text: str) -> str:
    if _is_ipv6(text):
        return _host(text)
    with_scheme = "//" in text
    parts = urlsplit(text if with_scheme else f"//{text}")
    if parts.scheme not in {"", *_PORTS} or parts.query or parts.fragment:
        raise ValueError(text)
    # "10.0.0.0/8" is a network, and "example.com/uptime" perhaps a misunderstanding.
    if not with_scheme and parts.path not in {"", "/"}:
        raise ValueError(text)
    _port(parts)
    bare = _bare(parts)
    # "*.example.com" is what most programs call that which Django calls ".example.com".
    pattern = bare.removeprefix("*") if bare.startswith("*.") else bare
    return f".{_host(pattern[1:])}" if pattern.startswith(".") else _host(pattern)


def _origin_of_site(text: str) -> str:
    parts = urlsplit(text)
    if set(text) & {"?", "#", "*"} or not _PATH.fullmatch(parts.path):
        raise ValueError(text)
    return _origin(f"{parts.scheme}://{parts.netloc}")


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in _PORTS or parts.query or parts.fragment:
        raise ValueError(text)
    bare, number = _bare(parts), _port(parts)
    wildcard = "*." if bare.startswith("*.") else ""
    shown = "" if number in {None, _PORTS[parts.scheme]} else f":{number}"
    return f"{parts.scheme}://{wildcard}{_host(bare.removeprefix('*.'))}{shown}"


def _bare(parts: SplitResult) -> str:
    """Give the host of a split address, in brackets where it was."""
    if "@" in parts.netloc:
        raise ValueError(parts.netloc)
    if parts.netloc.startswith("["):
        return parts.netloc.partition("]")[0] + "]"
    return parts.netloc.partition(":")[0]


def _port(parts: SplitResult) -> int | None:
    if parts.netloc.endswith(":"):
        raise ValueError(parts.netloc)
    return parts.port


def _host(text: str) -> str:
    """Give a host name or address as browsers send it: punycode, lower case, shortest IPv6."""
    if text.startswith("[") or _is_ipv6(text):
        found = IPv6Address(text.removeprefix("[").removesuffix("]"))
        if found.scope_id:
            raise ValueError(text)
        return f"[{found}]"
    name = text.rstrip(".") if not text.endswith("..") else text
    # As browsers do, by the WHATWG URL standard.
    name = name.lower() if name.isascii() else ada_url.URL(f"http://{name}/").hostname
    if not _NAME.fullmatch(name):
        raise ValueError(text)
    return str(ip_address(name)) if _LIKE_IPV4.fullmatch(name) else name


def _address_or_name(text: str) -> str:
    if _is_ipv6(text) or text.startswith("["):
        return f"[{IPv6Address(text.removeprefix('[').removesuffix(']'))}]"
    return _host(text)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True
