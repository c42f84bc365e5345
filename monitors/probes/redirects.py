"""Where redirects lead, and what of a request goes along."""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from monitors.domain.reasons import Fault
from monitors.domain.redaction import sounds_secret
from monitors.domain.spec import MAX_REDIRECTS, CheckSpec
from monitors.domain.targets import DEFAULT_PORTS, BadTarget, host_of, port_of
from monitors.net.errors import CheckFailed

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
# Fetch, 4.4: a request without a body has no header that describes one.
_OF_THE_BODY = (
    "Content-Length",
    "Content-Type",
    "Content-Encoding",
    "Content-Language",
    "Content-Location",
    "Transfer-Encoding",
)
# As much as servers take.
_MAX_COOKIES_LENGTH = 16_384
_USERINFO = re.compile(r"^([^/\\?#]*[/\\]{2})[^/\\?#]*@")
_BEFORE_QUERY = re.compile(r"[^?#]*")
_LINE_BREAK_OR_TAB = re.compile(r"[\t\n\r]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# All but the tab (RFC 6265bis, 5.6): such a cookie is none.
_UNFIT_FOR_A_COOKIE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_AROUND = "".join(map(chr, range(0x21)))

Origin = tuple[str, bytes, int]
Asked = tuple[str, str, str]


def leads_on(response: httpx.Response) -> bool:
    """Tell a redirect; one that names no place is an answer like any other."""
    return response.status_code in REDIRECTS and bool(_places(response))


class Chain:
    """The redirects of one check, and the cookies that they set; `urls` grows as they are met."""

    def __init__(self, spec: CheckSpec, request: httpx.Request, urls: list[str]) -> None:
        self._request = request
        self._urls = urls
        # Of the settings, and so only for where the first request went.
        self._cookie = _bytewise(request.headers).get("Cookie", "")
        self._secret = _SECRET | {name.lower() for name, _ in spec.secret_headers}
        self._secret |= {name.lower() for name, _ in spec.headers if sounds_secret(name)}
        self._cookies = httpx.Cookies()
        self._asked = [_asked(request)]

    def following(self, response: httpx.Response) -> httpx.Request:
        """Build the request that a redirect asks for. Raises CheckFailed."""
        url = _target(self._request.url, _location(response))
        if len(self._urls) >= MAX_REDIRECTS:
            raise CheckFailed(Fault.TOO_MANY_REDIRECTS, limit=MAX_REDIRECTS, url=str(url))
        self._keep_cookies(response)
        method = _method(self._request.method, response.status_code)
        headers = self._headers(url)
        content = self._request.content
        if method != self._request.method:
            content = b""
            for name in _OF_THE_BODY:
                headers.pop(name, None)
        self._request = httpx.Request(method, url, headers=headers, content=content)
        self._set_cookies()
        self._refuse_circle()
        self._urls.append(str(url))
        return self._request

    def cookies(self) -> tuple[str, ...]:
        """Give the values of the cookies that the redirects have set."""
        return tuple(cookie.value or "" for cookie in self._cookies.jar)

    def _keep_cookies(self, response: httpx.Response) -> None:
        response.request = self._request
        kept = [
            (name, value)
            for name, value in response.headers.raw
            if name.lower() != b"set-cookie" or not _UNFIT_FOR_A_COOKIE.search(value)
        ]
        response.headers = httpx.Headers(kept, encoding="latin-1")
        self._cookies.extract_cookies(response)

    def _set_cookies(self) -> None:
        headers = self._request.headers = _bytewise(self._request.headers)
        self._cookies.set_cookie_header(self._request)
        if self._cookie:
            headers["Cookie"] = _renewed(self._cookie, headers.get("Cookie", ""))
        if len(headers.get("Cookie", "")) > _MAX_COOKIES_LENGTH:
            raise _bad(str(self._request.url), "there are more cookies than can be sent along")

    def _refuse_circle(self) -> None:
        """Tell a circle: the same request, its cookies included, for the third time.

        A second one may be answered in another way, as by a server that has just woken up.
        """
        asked = _asked(self._request)
        if self._asked.count(asked) > 1:
            raise CheckFailed(Fault.REDIRECT_LOOP, url=asked[1])
        self._asked.append(asked)

    def _headers(self, url: httpx.URL) -> httpx.Headers:
        headers = self._request.headers.copy()
        headers.pop("Cookie", None)
        before, after = _origin(self._request.url), _origin(url)
        if before == after:
            return headers
        headers["Host"] = url.netloc.decode("ascii")
        self._cookie = ""
        for name in self._secret:
            # As curl and browsers do: the same host behind TLS is no stranger.
            if name != "authorization" or not _secured(before, after):
                headers.pop(name, None)
        return headers


def _asked(request: httpx.Request) -> Asked:
    return request.method, str(request.url), _bytewise(request.headers).get("Cookie", "")


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
        host, port = host_of(parts), port_of(parts)
        where = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
        return httpx.URL(urlunsplit((parts.scheme, where, parts.path, parts.query, "")))
    except BadTarget as bad:
        sentence = str(bad).removesuffix(".")
        raise _bad(location, sentence[:1].lower() + sentence[1:]) from bad
    except (ValueError, httpx.InvalidURL) as error:
        raise _bad(location, "it is no address") from error


def _location(response: httpx.Response) -> str:
    """Give the one place that a redirect names. Raises CheckFailed where it names several.

    A backslash is a slash there, as for browsers (URL Standard, 4.4).
    """
    places = _places(response)
    if len(places) > 1:
        raise _bad(places[0], "the answer names another place too")
    return _BEFORE_QUERY.sub(lambda found: found[0].replace("\\", "/"), places[0], count=1)


def _places(response: httpx.Response) -> list[str]:
    """Give the places that an answer names, each once, as the URL Standard (4.4) reads them."""
    raw = [value for name, value in response.headers.raw if name.lower() == b"location"]
    return [place for place in dict.fromkeys(map(_place, raw)) if place]


def _place(location: bytes) -> str:
    """Read a location as UTF-8 where it is that, and as Latin-1 where not."""
    try:
        place = location.decode()
    except UnicodeDecodeError:
        place = location.decode("latin-1")
    place = _LINE_BREAK_OR_TAB.sub("", place.strip(_AROUND))
    return _CONTROL.sub(lambda found: f"%{ord(found[0]):02X}", place)


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
    if status_code == httpx.codes.SEE_OTHER:
        return method if method == "HEAD" else "GET"
    made_a_get = status_code in (httpx.codes.MOVED_PERMANENTLY, httpx.codes.FOUND)
    return "GET" if made_a_get and method == "POST" else method


def _origin(url: httpx.URL) -> Origin:
    return url.scheme, url.raw_host, url.port or DEFAULT_PORTS[url.scheme]


def _secured(before: Origin, after: Origin) -> bool:
    return before == ("http", after[1], 80) and after == ("https", before[1], 443)
