"""The JSON API and its routers, in one list."""

from typing import Any

from django.urls import URLPattern
from django.urls.resolvers import RoutePattern

from . import channels, checks, incidents, maintenance, reports, services, uptime
from .auth import NO_KEY, BearerKey, for_insiders
from .body import StrictParser
from .document import DocumentedAPI
from .errors import register

ABOUT = """
Send an API key as `Authorization: Bearer <key>`. Bodies are JSON in UTF-8; text has no NUL in it.
Times are ISO 8601 in UTC, durations in the unit that their name ends in. Every path is the same
with and without the slash at its end. Every error has the shape of `ErrorOut`.
""".strip()

api = DocumentedAPI(
    title="Uptime Site",
    version="1",
    description=ABOUT,
    urls_namespace="api",
    auth=BearerKey(),
    parser=StrictParser(),
    docs_decorator=for_insiders,
)
register(api, NO_KEY)
ROUTERS = (
    services.router,
    checks.router,
    uptime.router,
    incidents.router,
    channels.router,
    reports.router,
    maintenance.router,
)
for router in ROUTERS:
    api.add_router("", router)


def paths() -> tuple[list[Any], str, str]:
    """Give the API's paths, which ask for a key where pages ask for a login.

    Each answers with and without a slash at its end, and none redirects: clients follow a redirect
    of a POST with a GET.
    """
    patterns, app_name, namespace = api.urls
    twins = [_twin(pattern) for pattern in patterns if str(pattern.pattern)]
    for pattern in (*patterns, *twins):
        setattr(pattern.callback, "login_required", False)  # noqa: B010 - functions take any
        setattr(pattern.callback, "should_append_slash", False)  # noqa: B010
    return [*patterns, *twins], app_name, namespace


def _twin(pattern: Any) -> URLPattern:
    route = str(pattern.pattern)
    other = route.removesuffix("/") if route.endswith("/") else f"{route}/"
    return URLPattern(RoutePattern(other, is_endpoint=True), pattern.callback)
