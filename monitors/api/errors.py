"""Every error of the API in one shape: {"error": {"code", "message", "fields"}}."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig
from django.db import ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from monitors.engine.check_now import Busy, NotStored
from monitors.loops.database import AWAY, LOCKED_OR_AWAY, why_unavailable

logger = logging.getLogger(__name__)

API_PATH = "/api/v1/"
RETRY_AFTER_S, BUSY_FOR_S = 10, 2

_SENTENCES = {
    400: "Bad request.",
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The body is larger than 2.5 MB.",
    500: "Something went wrong on the server; its log says what.",
    503: LOCKED_OR_AWAY,
}


class Refused(Exception):  # noqa: N818 - reads as what it is at every raise
    """A request that is understood and turned down."""

    def __init__(
        self, status: int, code: str, message: str, fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.fields = dict(fields or {})


def error_response(
    status: int, code: str, message: str, fields: Mapping[str, str] | None = None
) -> JsonResponse:
    error = {"code": code, "message": message, "fields": dict(fields or {})}
    return JsonResponse({"error": error}, status=status)


def register(api: NinjaAPI, no_key: str) -> None:
    """Teach the API to answer every exception it raises or meets in this shape."""

    @api.exception_handler(AuthenticationError)
    def unauthorized(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        del request, error
        response = error_response(401, "unauthorized", no_key)
        response["WWW-Authenticate"] = "Bearer"
        return response

    answers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        ValidationError: _invalid,
        Refused: _refused,
        HttpError: _failed_in_ninja,
        Http404: _missing,
        ObjectDoesNotExist: _missing,
        RequestDataTooBig: _too_large,
        Busy: _busy,
    }
    for kind, answer in (answers | dict.fromkeys((*AWAY, ProgrammingError), _unavailable)).items():
        api.exception_handler(kind)(answer)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    del request
    fields = dict(_named(entry["loc"], entry["msg"]) for entry in error.errors)
    return error_response(422, "invalid", summary(fields), fields)


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    del request
    return error_response(error.status, error.code, str(error), error.fields)


def _failed_in_ninja(request: HttpRequest, error: HttpError) -> HttpResponse:
    # ninja gives whatever the parser of bodies raises as a 400 of its own.
    if isinstance(error.__cause__, Refused):
        return _refused(request, error.__cause__)
    return error_response(error.status_code, _code(error.status_code), str(error))


def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    del request, error
    return error_response(404, "not_found", "There is no such thing.")


def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    del request, error
    return _failed(413)


def _busy(request: HttpRequest, error: Busy) -> HttpResponse:
    del request
    return _later("busy", str(error), BUSY_FOR_S)


def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    why = str(error) if isinstance(error, NotStored) else why_unavailable(error)
    if not why:
        # Nothing that passes: a mistake of ours.
        raise error
    logger.warning("%s %s: no database: %s", request.method, request.path, error)
    return _later("service_unavailable", why, RETRY_AFTER_S)


def _later(code: str, message: str, after_s: int) -> HttpResponse:
    response = error_response(503, code, message)
    response["Retry-After"] = str(after_s)
    return response


def _failed(status: int) -> HttpResponse:
    return error_response(status, _code(status), _SENTENCES.get(status, _phrase(status)))


class JsonErrors:
    """Middleware: what Django itself answers under the API's path gets the same shape."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        told = response.get("Content-Type", "").startswith("application/json")
        if told or response.status_code < 400 or not _is_of_api(request):  # noqa: PLR2004
            return response
        # In place: what else stands in the headers (the policy for browsers, Allow) stays.
        answer = _failed(response.status_code)
        response.content = answer.content
        del response["Content-Encoding"]  # the page that it takes the place of may be compressed
        response["Content-Type"] = answer["Content-Type"]
        response["Content-Length"] = str(len(answer.content))
        return response


def _is_of_api(request: HttpRequest) -> bool:
    return f"{request.path_info}/".startswith(API_PATH)


def summary(fields: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {reason}" for name, reason in fields.items())


def _named(location: tuple[str | int, ...], reason: str) -> tuple[str, str]:
    """Name the field of the request, and where in it, of a reason at ninja's location.

    ("body", "data", "tags", 0) is the first of the tags, ("body", "data") the whole body,
    ("query", "limit") and ("query", "window", "from") a parameter, ("query", "wanted", "tag", 0)
    the first of those that were given.
    """
    reason = reason.removeprefix("Value error, ")  # how pydantic introduces sentences of ours
    if location[0] != "body":
        return [part for part in location if isinstance(part, str)][-1], reason
    name, *rest = map(str, location[2:] or ("body",))
    return name, ": ".join((*rest, reason))


def _code(status: int) -> str:
    return _phrase(status).lower().replace(" ", "_")


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
