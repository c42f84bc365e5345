"""The site's paths: Django admin, and everything else in monitors."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("monitors.urls")),
]

handler500 = "monitors.views.errors.server_error"
