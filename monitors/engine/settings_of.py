"""The settings of a service, or why they cannot be read: one bad row never stops the others."""

import logging
from urllib.parse import urlsplit

from monitors.domain.reasons import Failure, Fault
from monitors.domain.spec import BadSetting, CheckSpec
from monitors.models import Service

logger = logging.getLogger(__name__)


def read_spec(service: Service) -> CheckSpec | Failure:
    """Give what to check, or the failure that such a check ends with."""
    if service.is_set_aside:
        return Failure(Fault.SET_ASIDE)
    try:
        return service.check_spec()
    except BadSetting as bad:
        return Failure(Fault.UNREADABLE, {"detail": str(bad).removesuffix(".")})
    except Exception as error:
        logger.exception("The settings of service %d cannot be read", service.pk)
        return Failure(Fault.UNREADABLE, {"detail": f"{type(error).__name__} in its settings"})


def host_of(spec: CheckSpec | Failure) -> str:
    """Give the host that is asked; the empty one where there is nobody to ask."""
    return urlsplit(spec.url).hostname or "" if isinstance(spec, CheckSpec) else ""
