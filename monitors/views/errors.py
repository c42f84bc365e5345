"""What is answered where a page could not be made."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template import loader

from monitors.engine.check_now import NotStored
from monitors.loops.database import AWAY

RETRY_AFTER_S = 10


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an exception that nobody caught: 503 while the database is away, else 500.

    The templates stand alone: what every page shows would ask the database again.
    """
    del request
    error = sys.exc_info()[1]
    if not isinstance(error, AWAY):
        return HttpResponse(loader.get_template("500.html").render(), status=500)
    told = {"not_stored": str(error) if isinstance(error, NotStored) else ""}
    response = HttpResponse(loader.get_template("503.html").render(told), status=503)
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response
