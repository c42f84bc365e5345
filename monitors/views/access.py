"""Who is asking, and for what: the first line of every view."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django_htmx.middleware import HtmxDetails

from monitors.domain.preferences import Preferences
from monitors.models import Channel, Service, ServiceStatus


class Request(HttpRequest):
    """A request of somebody who is logged in, with what the middleware put on it."""

    user: User
    htmx: HtmxDetails
    preferences: Preferences


def get_service_or_404(service_id: int) -> Service:
    return get_object_or_404(Service, pk=service_id)


@contextmanager
def gone_is_404() -> Iterator[None]:
    """Answer an action on what somebody else deletes meanwhile like one on what never was."""
    try:
        yield
    except ObjectDoesNotExist:
        raise Http404 from None


def get_channel_or_404(channel_id: int) -> Channel:
    return get_object_or_404(Channel, pk=channel_id)


def get_check_or_404(service_id: int, check_id: int) -> ServiceStatus:
    checks = ServiceStatus.objects.select_related("service", "evidence")
    return get_object_or_404(checks, pk=check_id, service_id=service_id)
