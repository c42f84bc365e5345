"""Where redirects lead, and what of a request goes along."""

import contextlib
import re
from urllib.parse import urljoin, urlsplit

import httpx

from monitors.domain.reasons import Fault
from monitors.domain.spec import MAX_REDIRECTS, CheckSpec
from monitors.domain.targets import DEFAULT_PORTS, BadTarget, host_of, port_of
from monitors.net.errors import CheckFailed

_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
_OF_THE_BODY = ("Content-Length", "Transfer-Encoding")
_USERINFO = re.compile(r"^([^/\\?#]*[/\\]{2})[^/\\?#]*@")
_BEFORE_QUERY = re.compile(r"[^?#]*")

Origin = tuple[str, bytes, int]


class Chain:
    """The redirects of one check, and the cookies that they set; `urls` grows as they are met."""

    def __init__(self, spec: CheckSpec, request: httpx.Request, urls: list[str]) -> None:
        self._request = request
        self._urls = urls
        # Of the settings, and so only for where the first request went.
        self._cookie = _bytewise(request.headers).get("Cookie", "")
        self._secret = _SECRET | {name.lower() for name, _ in spec.secret_headers}
        self._cookies = httpx.Cookies()

    def following(self, response: httpx.Response) -> httpx.Request:
        """Build the request that a redirect asks for. Raises CheckFailed."""
        url = _target(self._request.url, _location(response))
        self._add(url)
        response.request = self._request
        response.headers = _bytewise(response.headers)
        self._cookies.extract_cookies(response)
        method = _method(self._request.method, response.status_code)
        headers = self._headers(url)
        content = self._request.content
        if method != self._request.method:
            content = b""
            for name in _OF_THE_BODY:
                headers.pop(name, None)
        self._request = httpx.Request(method, url, headers=headers, content=content)
        self._set_cookies()
        return self._request

    def cookies(self) -> tuple[str, ...]:
        """Give the values of the cookies that the redirects have set."""
        return tuple(cookie.value or "" for cookie in self._cookies.jar)

    def _set_cookies(self) -> None:
        headers = self._request.headers = _bytewise(self._request.headers)
        self._cookies.set_cookie_header(self._request)
        if self._cookie:
            headers["Cookie"] = _renewed(self._cookie, headers.get("Cookie", ""))

    def _add(self, url: httpx.URL) -> None:
        shown = str(url)
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
        self._cookie = ""
        for name in self._secret:
            # As curl and browsers do: the same host behind TLS is no stranger.
            if name != "authorization" or not _secured(before, after):
                headers.pop(name, None)
        return headers


def _renewed(given: str, since: str) -> str:
    """Join two Cookie headers; of cookies that are in both the later one counts."""
    renewed = {pair.partition("=")[0].strip() for pair in since.split(";")}
    kept = [pair.strip() for pair in given.split(";")]
    return "; ".join([*(x for x in kept if x.partition("=")[0] not in renewed), since]).strip("; ")


def _target(url: httpx.URL, location: str) -> httpx.URL:
    """Resolve a location. Raises CheckFailed where no check may go, in the words of the server."""
    try:
        parts = urlsplit(urljoin(str(url), location))
        if parts.scheme not in DEFAULT_PORTS:
            raise _bad(location, "only http and https can be")
        host_of(parts), port_of(parts)
        return url.join(location).copy_with(userinfo=b"")
    except BadTarget as bad:
        sentence = str(bad).removesuffix(".")
        raise _bad(location, sentence[:1].lower() + sentence[1:]) from bad
    except (ValueError, httpx.InvalidURL) as error:
        raise _bad(location, "it is no address") from error


def _location(response: httpx.Response) -> str:
    """Read the location as UTF-8 where it is that, and as Latin-1 where not.

    A backslash is a slash there, as for browsers (URL Standard, 4.4).
    """
    location = _bytewise(response.headers)["location"]
    with contextlib.suppress(UnicodeDecodeError):
        location = location.encode("latin-1").decode()
    return _BEFORE_QUERY.sub(lambda found: found[0].replace("\\", "/"), location, count=1)


def _bytewise(headers: httpx.Headers) -> httpx.Headers:
    """Give headers whose characters are bytes, so that those beyond ASCII pass as they are."""
    return httpx.Headers(headers.raw, encoding="latin-1")


def _bad(location: str, detail: str) -> CheckFailed:
    return CheckFailed(Fault.REDIRECT_BAD, url=without_userinfo(location), detail=detail)


def without_userinfo(location: str) -> str:
    """Take the user name and password out of a location, be it an address or not."""
    return _USERINFO.sub(r"\1", location, count=1)


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
