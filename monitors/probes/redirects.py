"""Where redirects lead, and what of a request goes along."""

from urllib.parse import urljoin, urlsplit

import httpx

from monitors.domain.reasons import Fault
from monitors.domain.spec import MAX_REDIRECTS, CheckSpec
from monitors.domain.targets import DEFAULT_PORTS, BadTarget, host_of, port_of
from monitors.net.errors import CheckFailed

_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
_OF_THE_BODY = ("Content-Length", "Transfer-Encoding")

Origin = tuple[str, bytes, int]


class Chain:
    """The redirects of one check, and the cookies that they set; `urls` grows as they are met."""

    def __init__(self, spec: CheckSpec, request: httpx.Request, urls: list[str]) -> None:
        self._request = request
        self._urls = urls
        self._secret = _SECRET | {name.lower() for name, _ in spec.secret_headers}
        self._cookies = httpx.Cookies()

    def following(self, response: httpx.Response) -> httpx.Request:
        """Build the request that a redirect asks for. Raises CheckFailed."""
        # So that bytes beyond ASCII pass as they are.
        response.headers.encoding = "latin-1"
        url = _target(self._request.url, _readable(response.headers["location"]))
        self._add(url)
        response.request = self._request
        self._cookies.extract_cookies(response)
        method = _method(self._request.method, response.status_code)
        headers = self._headers(url)
        content = self._request.content
        if method != self._request.method:
            content = b""
            for name in _OF_THE_BODY:
                headers.pop(name, None)
        self._request = httpx.Request(method, url, headers=headers, content=content)
        self._request.headers.encoding = "latin-1"
        self._cookies.set_cookie_header(self._request)
        return self._request

    def _add(self, url: httpx.URL) -> None:
        shown = str(url)[:200]
        # Once back to the same address is how login walls set a cookie; twice is a circle.
        if self._urls.count(str(url)) > 1:
            raise CheckFailed(Fault.REDIRECT_LOOP, url=shown)
        if len(self._urls) >= MAX_REDIRECTS:
            raise CheckFailed(Fault.TOO_MANY_REDIRECTS, limit=MAX_REDIRECTS, url=shown)
        self._urls.append(str(url))

    def _headers(self, url: httpx.URL) -> httpx.Headers:
        headers = self._request.headers.copy()
        headers.pop("Cookie", None)
        before, after = _origin(self._request.url), _origin(url)
        if before == after:
            return headers
        headers.pop("Host", None)
        for name in self._secret:
            # As curl and browsers do: the same host behind TLS is no stranger.
            if name != "authorization" or not _secured(before, after):
                headers.pop(name, None)
        return headers


def _target(url: httpx.URL, location: str) -> httpx.URL:
    """Resolve a location. Raises CheckFailed where no check may go, in the words of the server."""
    try:
        parts = urlsplit(urljoin(str(url), location))
        if parts.scheme not in DEFAULT_PORTS:
            raise _bad(location, "only http and https can be")
        host_of(parts), port_of(parts)
        return url.join(location)
    except BadTarget as bad:
        sentence = str(bad).removesuffix(".")
        raise _bad(location, sentence[:1].lower() + sentence[1:]) from bad
    except (ValueError, httpx.InvalidURL) as error:
        raise _bad(location, "it is no address") from error


def _readable(header: str) -> str:
    """Read a header as UTF-8 where it is that, and as Latin-1 where not."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeDecodeError:
        return header


def _bad(location: str, detail: str) -> CheckFailed:
    return CheckFailed(Fault.REDIRECT_BAD, url=location[:200], detail=detail)


def _method(method: str, status_code: int) -> str:
    """Change the method as browsers do (Fetch, 4.4)."""
    if status_code == httpx.codes.MOVED_PERMANENTLY:
        return "GET" if method == "POST" else method
    changes = status_code in (httpx.codes.FOUND, httpx.codes.SEE_OTHER)
    return "GET" if changes and method != "HEAD" else method


def _origin(url: httpx.URL) -> Origin:
    return url.scheme, url.raw_host, url.port or DEFAULT_PORTS[url.scheme]


def _secured(before: Origin, after: Origin) -> bool:
    return before == ("http", after[1], 80) and after == ("https", before[1], 443)
