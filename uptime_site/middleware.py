"""What belongs to a request whatever it asks for: the path that a proxy put before ours."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect


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
