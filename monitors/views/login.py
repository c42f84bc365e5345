"""Logging in; before there is anybody, the first set-up."""

import logging
import math
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator

from monitors.actions.accounts import is_set_up

logger = logging.getLogger(__name__)


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not is_set_up():
            return redirect("setup")
        return super().dispatch(request, *args, **kwargs)


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """Answer a log-in after too many failures, whatever the password: AXES_LOCKOUT_CALLABLE."""
    attempts = AxesProxyHandler.get_implementation()
    until = attempts.locked_until(request, getattr(request, "axes_credentials", None))
    wait_s = max(1, math.ceil((until - timezone.now()).total_seconds()))
    if "HTTP_X_FORWARDED_FOR" in request.META and not settings.BEHIND_HTTPS_PROXY:
        logger.warning(
            "Somebody is locked out, and all who come through the proxy count as one: "
            "set BEHIND_HTTPS_PROXY, so that its X-Forwarded-For is believed"
        )
    context = {
        "form": AuthenticationForm(request),
        "next": request.POST.get("next", ""),
        "wait_minutes": math.ceil(wait_s / 60),
    }
    response = render(request, "registration/login.html", context, status=429)
    response["Retry-After"] = str(wait_s)
    add_never_cache_headers(response)
    return response
