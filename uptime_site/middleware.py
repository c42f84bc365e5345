"""What belongs to every request: the path that a proxy puts before ours, headers of the answer."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect


class HeadersOfAll:
    """Give every answer what SecurityMiddleware gives to those that pass it, and keep it private.

    Outermost: also for what another middleware refuses (a wrong Host before the redirect to
    HTTPS). An answer that says nothing about caching is stored nowhere: it shows what an account
    may see, and the "back" button must not show it to the next person. A view whose answer may be
    kept says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._headers = {
            "Cache-Control": "no-store",
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "X-Content-Type-Options": "nosniff",
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        return response


class UnderBasePath:
    """Take the base path off where a proxy has left it on, so that both ways to set one up work.

    Django puts FORCE_SCRIPT_NAME before every address it makes, and takes it off none under WSGI.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.FORCE_SCRIPT_NAME:
            raise MiddlewareNotUsed
        self._base: str = settings.FORCE_SCRIPT_NAME
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The cookies are sent below "/uptime/" and not to "/uptime".
        if request.path_info in {"", self._base}:
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{self._base}/{f'?{query}' if query else ''}")
        if request.path_info.startswith(f"{self._base}/"):
            request.path_info = request.path_info.removeprefix(self._base)
            request.path = f"{self._base}{request.path_info}"
        return self._get_response(request)
