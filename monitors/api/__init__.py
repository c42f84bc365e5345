"""The JSON API and its routers, in one list."""

from typing import Any

from ninja import NinjaAPI

from . import checks, services, uptime
from .auth import NO_KEY, BearerKey, for_insiders
from .errors import register

api = NinjaAPI(
    title="Uptime Site",
    version="1",
    urls_namespace="api",
    auth=BearerKey(),
    docs_decorator=for_insiders,
)
register(api, NO_KEY)
for router in (services.router, checks.router, uptime.router):
    api.add_router("", router)


def paths() -> tuple[list[Any], str, str]:
    """Give the API's paths, which ask for a key where pages ask for a login."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        setattr(pattern.callback, "login_required", False)  # noqa: B010 - functions take any
    return patterns, app_name, namespace
