"""What is answered where a page could not be made."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template import loader

from monitors.engine.check_now import NotStored
from monitors.loops.database import why_unavailable

RETRY_AFTER_S = 10


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an exception that nobody caught: 503 while the database cannot be used, else 500.

    The templates stand alone: what every page shows would ask the database again.
    """
    del request
    error = sys.exc_info()[1]
    why = str(error) if isinstance(error, NotStored) else why_unavailable(error)
    if not why:
        return HttpResponse(loader.get_template("500.html").render(), status=500)
    response = HttpResponse(loader.get_template("503.html").render({"why": why}), status=503)
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response
