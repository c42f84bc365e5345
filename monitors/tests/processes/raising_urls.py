"""The project's paths, and two that fail."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from uptime_site.urls import urlpatterns as all_others


@login_not_required
def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(request.path)


urlpatterns = [path("fail", fail), path("api/v1/fail", fail), *all_others]
