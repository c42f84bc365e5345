"""A check as the API gives it."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Schema

from monitors.domain.observation import Phases
from monitors.domain.reasons import Reason
from monitors.domain.result import CheckResult, Status
from monitors.models import ServiceStatus

StatusName = Annotated[str, Field(json_schema_extra={"enum": [status.value for status in Status]})]
ReasonName = Annotated[str, Field(json_schema_extra={"enum": [reason.value for reason in Reason]})]


class PhasesOut(Schema):
    """Where the time went; null for a phase that did not happen."""

    dns_ms: float | None
    connect_ms: float | None
    tls_ms: float | None
    wait_ms: float | None
    transfer_ms: float | None


class CheckOut(Schema):
    """What one check found."""

    id: int | None = Field(..., description="null where the service has been deleted meanwhile")
    service: str
    status: StatusName = Field(..., description="UNKNOWN where the check could not be judged")
    response_time_ms: float | None
    reason: ReasonName
    message: str
    status_code: int | None
    checked_at: datetime
    phases: PhasesOut
    location: str = Field(..., description="of the checker; empty where it has none")


def check_out(service_name: str, check: CheckResult | ServiceStatus) -> dict[str, Any]:
    return {
        "id": check.pk if isinstance(check, ServiceStatus) else None,
        "service": service_name,
        "status": str(check.status),
        "response_time_ms": _rounded(check.response_time_ms),
        "reason": str(check.reason),
        "message": check.message,
        "status_code": check.status_code,
        "checked_at": check.checked_at,
        "phases": _phases(check.phases),
        "location": check.location if isinstance(check, ServiceStatus) else "",
    }


def _phases(phases: Phases) -> dict[str, float | None]:
    return {name: _rounded(getattr(phases, name)) for name in PhasesOut.model_fields}


def _rounded(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds, 3)
