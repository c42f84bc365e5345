"""/services/: list, add, read, change and delete."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from monitors.actions import services
from monitors.interfaces.forms.service import ServiceForm, as_form_data, unchanged
from monitors.interfaces.forms.service_defaults import new_data
from monitors.interfaces.schemas.service import (
    ServiceChange,
    ServiceIn,
    ServiceOut,
    ServicePatch,
    service_out,
    services_out,
)
from monitors.models import Service

from .errors import Refused, summary

router = Router(tags=["services"])


@router.get("/services/", response=list[ServiceOut])
def list_services(
    request: HttpRequest,
    limit: Annotated[int | None, Field(ge=1, le=1_000)] = None,
    after: Annotated[int, Field(ge=0, lt=2**63)] = 0,
) -> list[dict[str, Any]]:
    """List all services, oldest first, or the first so many after the one with a number."""
    del request
    now = timezone.now()
    found = Service.objects.filter(pk__gt=after).order_by("pk")[:limit]
    return services_out(found, now)


@router.post("/services/", response={201: ServiceOut})
def create_service(request: HttpRequest, data: ServiceIn) -> Status[Any]:
    del request
    form = _valid(ServiceForm(new_data() | _given(data)))
    now = timezone.now()
    try:
        service = services.create(form.settings(), form.tag_names(), now, form.dependencies())
    except services.DuplicateTarget as duplicate:
        raise _conflict("url", str(duplicate)) from None
    return Status(201, service_out(service, now))


@router.get("/services/{int:service_id}/", response=ServiceOut)
def read_service(request: HttpRequest, service_id: int) -> dict[str, Any]:
    del request
    return service_out(get_object_or_404(Service, pk=service_id), timezone.now())


@router.patch("/services/{int:service_id}/", response=ServiceOut)
def change_service(request: HttpRequest, service_id: int, data: ServicePatch) -> dict[str, Any]:
    """Change the settings that are given.

    With a `revision`, only if nobody has changed the service since: else 409.
    """
    del request
    now = timezone.now()
    try:
        # The settings that stay are judged together with the new ones: so nobody may change them.
        with services.locked(service_id) as service:
            form = _valid(ServiceForm(unchanged(service) | _given(data), instance=service))
            changed = services.edit(
                service_id, form.changes(), form.tag_names(), now, form.dependencies()
            )
    except services.DuplicateTarget as duplicate:
        raise _conflict("url", str(duplicate)) from None
    except Service.DoesNotExist:
        raise Http404 from None
    return service_out(changed, now)


@router.delete("/services/{int:service_id}/", response={204: None})
def delete_service(request: HttpRequest, service_id: int) -> Status[Any]:
    del request
    try:
        services.delete(service_id, timezone.now())
    except Service.DoesNotExist:
        raise Http404 from None
    return Status(204, None)


def _given(data: ServiceChange) -> dict[str, Any]:
    return as_form_data(data.model_dump(exclude_unset=True))


def _valid(form: ServiceForm) -> ServiceForm:
    """Pass a valid form on. Raises Refused with every field and its reason."""
    if form.is_valid():
        return form
    fields = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
    if form.has_error("url", "duplicate"):
        raise _conflict("url", fields["url"])
    if form.is_stale:
        revision = form.instance.revision
        raise _conflict("revision", f"The service was changed: it is at revision {revision} now.")
    raise Refused(422, "invalid", summary(fields), fields)


def _conflict(field: str, sentence: str) -> Refused:
    return Refused(409, "conflict", sentence, {field: sentence})
