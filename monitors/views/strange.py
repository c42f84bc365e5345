"""Requests that no browser sends, and that would reach a codec or the database as they are."""

from collections.abc import Callable
from urllib.parse import unquote

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

UTF_8 = {"utf-8", "utf8", "us-ascii"}
NUL = "\x00"


class RefuseStrange:
    """Middleware: forms and cookies are plain text in UTF-8, and a query with a NUL is no query.

    Browsers send the encoding of our pages. Python knows encodings that are none of text (`hex`),
    and some that read characters that cannot be written (`raw_unicode_escape`). PostgreSQL takes
    no NUL, not even to compare with; Django's forms refuse it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.encoding and request.encoding.lower() not in UTF_8:
            raise BadRequest("A request is in UTF-8.")
        if any(NUL in name or NUL in value for name, value in request.COOKIES.items()):
            raise BadRequest("A cookie has a NUL in it.")
        if NUL in unquote(request.META.get("QUERY_STRING", "")):
            request.META["QUERY_STRING"] = ""
        return self._get_response(request)
