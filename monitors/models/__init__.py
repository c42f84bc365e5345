"""Every model, imported so that Django sees it."""

from .api_key import ApiKey
from .period import Period
from .service import Service, Tag
from .service_status import ServiceStatus

__all__ = ["ApiKey", "Period", "Service", "ServiceStatus", "Tag"]
