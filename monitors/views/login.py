"""Logging in; before there is anybody, the first set-up."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from monitors.actions.accounts import is_set_up


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not is_set_up():
            return redirect("setup")
        return super().dispatch(request, *args, **kwargs)
