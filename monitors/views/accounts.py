"""The first set-up, and API keys."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from monitors.actions import accounts, api_keys
from monitors.interfaces.forms.account import ApiKeyForm, SetupForm
from monitors.models import ApiKey

from .access import Request, gone_is_404


@login_not_required
@never_cache
@sensitive_post_parameters("token", "password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    if accounts.is_set_up():
        return redirect("login")
    form = SetupForm(
        request.POST or None,
        expected_token=accounts.setup_token(),
        initial={"token": request.GET.get("token", "")},
    )
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "monitors/accounts/setup.html", {"form": form}, status=status)
    try:
        user = accounts.create_first_account(
            form.cleaned_data["username"], form.cleaned_data["password1"]
        )
    except accounts.AlreadySetUp as already:
        messages.warning(request, str(already))
        return redirect("login")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("dashboard")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: Request) -> HttpResponse:
    form = ApiKeyForm(request.POST or None)
    new_key = None
    if form.is_valid():
        new_key = api_keys.issue(form.cleaned_data["name"], timezone.now(), request.user)
        form = ApiKeyForm()
    context = {"keys": ApiKey.objects.select_related("owner"), "form": form, "new_key": new_key}
    status = 422 if form.is_bound else 200
    return render(request, "monitors/accounts/api_keys.html", context, status=status)


@require_POST
def revoke_key(request: Request, key_id: int) -> HttpResponse:
    with gone_is_404():
        key = api_keys.revoke(key_id, timezone.now())
    messages.success(request, f"The key “{key.name}” is revoked.")
    return redirect("api-keys")
