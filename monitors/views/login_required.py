"""Sends whoever is not logged in to the login page, parts of pages that refresh themselves too."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class LoginRequired(LoginRequiredMiddleware):
    """A poll of a page whose session has ended makes the whole page go to the login.

    Following the redirect, it would put the login page into the middle of the page; and what it
    had asked for is no page to come back to.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        # Before it is looked up who is asking: what anybody may see costs no session, and proxies
        # may keep it whatever the cookie.
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override] # htmx takes no redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        htmx: HtmxDetails = getattr(request, "htmx")  # noqa: B009 - the middleware put it there
        if not htmx:
            return super().handle_no_permission(request, view_func)
        page = htmx.current_url_abs_path or request.path
        return HttpResponseClientRedirect(
            redirect_to_login(page, self.get_login_url(view_func)).url
        )
