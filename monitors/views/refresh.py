"""Parts of pages that refresh themselves."""

import hashlib

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response

from .access import Request


def unless_same(request: Request, response: HttpResponse) -> HttpResponseBase:
    """Answer 304 to a poll that would show what is on the page already, drawn as it is."""
    drawn = f"{timezone.get_current_timezone_name()} {request.preferences.theme} ".encode()
    etag = f'"{hashlib.sha256(drawn + response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache, private"
    # Not compared by hand: a proxy that compresses makes a weak one of it (W/"...").
    return get_conditional_response(request, etag=etag, response=response) or response
