"""A person's own page: who they are to the site, and what they have chosen."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from monitors.actions import profiles
from monitors.domain.zones import zone_of
from monitors.interfaces.forms.profile import ProfileForm
from monitors.models import Profile

from .access import Request


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request) -> HttpResponse:
    profile = Profile.objects.filter(pk=request.user.pk).first() or Profile()
    form = ProfileForm(request.POST or None, profile)
    if form.is_valid():
        time_zone = form.cleaned_data["time_zone"]
        profiles.choose(request.user.pk, time_zone=time_zone, theme=form.chosen_theme())
        messages.success(request, "Your profile is saved.")
        return redirect("profile")
    context = {
        "form": form,
        "unknown_zone": "" if zone_of(profile.time_zone) else profile.time_zone,
        "site_zone": timezone.get_default_timezone_name(),
    }
    return render(
        request, "monitors/accounts/profile.html", context, status=422 if form.is_bound else 200
    )
