"""The form of a new service, filled in from another."""

from django.forms import model_to_dict

from monitors.models import Service
from monitors.models.service import MAX_NAME_LENGTH

from .service import ServiceForm
from .service_fields import COLUMNS, SECRETS


def form_like(service: Service) -> ServiceForm:
    """Copy all settings but the secrets. The address is there to be changed: each is only once."""
    form = ServiceForm()
    copied = [name for name in COLUMNS if name not in SECRETS]
    as_it_is = ServiceForm(instance=service)
    lists = {name: as_it_is.initial[name] for name in ("tags", "depends_on")}
    form.initial.update(model_to_dict(service, copied) | lists)
    form.initial["name"] = f"Copy of {service.name}"[:MAX_NAME_LENGTH]
    return form


def has_secrets(service: Service) -> bool:
    """Whether there is something that the copy will lack."""
    return any(getattr(service, name) for name in SECRETS)
