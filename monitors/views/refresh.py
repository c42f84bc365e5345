"""Parts of pages that refresh themselves."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response


def unless_same(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """Answer 304 to a poll that would show what is on the page already."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache, private"
    # Not compared by hand: a proxy that compresses makes a weak one of it (W/"...").
    return get_conditional_response(request, etag=etag, response=response) or response
