"""Takes results into the story: log, state and periods, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from monitors.domain import heartbeats
from monitors.domain.freshness import fresh_until
from monitors.domain.result import CheckResult, Status
from monitors.domain.schedule import next_beat, retry_at
from monitors.domain.state import Standing, advance
from monitors.models import CheckEvidence, Service, ServiceStatus

from . import periods
from .bulk import update_each

STANDING_COLUMNS = ("state", "state_since", "streak", "streak_since", "seen_at", "fresh_until")
_LAST_COLUMNS = (
    "last_checked_at",
    "last_status",
    "last_reason",
    "last_message",
    "last_response_time_ms",
    "recent",
)
_CERTIFICATE_COLUMNS = ("certificate_expires_at", "certificate_issuer", "certificate_names")
_DUE_COLUMNS = ("next_check_at", "lease_until")

_WRITTEN = (*STANDING_COLUMNS, *_LAST_COLUMNS, *_CERTIFICATE_COLUMNS, *_DUE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Finding:
    """A result on its way into the log."""

    service_id: int
    result: CheckResult
    scheduled: bool = False
    """Whether it answers a due time, whose lease ends with it; False for a check on request."""


def record(findings: Sequence[Finding], now: datetime) -> list[ServiceStatus | None]:
    """Write results and all that follows from them, in one transaction.

    Gives the rows of the log in the order of the findings; None where the service has been
    deleted meanwhile. Results of one service are taken in the order of their time.
    """
    with transaction.atomic():
        services = _locked({finding.service_id for finding in findings})
        kept = [finding for finding in findings if finding.service_id in services]
        rows = ServiceStatus.objects.bulk_create(
            ServiceStatus.from_result(finding.service_id, finding.result) for finding in kept
        )
        CheckEvidence.objects.bulk_create(
            CheckEvidence.from_evidence(row, finding.result.evidence)
            for row, finding in zip(rows, kept, strict=True)
            if finding.result.evidence is not None
        )
        for finding in sorted(kept, key=lambda finding: finding.result.checked_at):
            _take_in(services[finding.service_id], finding, now)
        update_each(list(services.values()), _WRITTEN)
    written = iter(rows)
    return [next(written) if finding.service_id in services else None for finding in findings]


def apply_standing(service: Service, standing: Standing) -> None:
    """Put a standing into the service's columns, unsaved."""
    service.state = standing.state.value
    service.state_since = standing.since
    service.streak = standing.streak
    service.streak_since = standing.streak_since
    service.seen_at = standing.seen_at
    service.fresh_until = standing.fresh_until


def _locked(ids: set[int]) -> dict[int, Service]:
    # In the order of their ids, so that two writers never wait for each other.
    services = Service.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return {service.pk: service for service in services}


def _take_in(service: Service, finding: Finding, now: datetime) -> None:
    result = finding.result
    fresh = fresh_until(result.checked_at, service.interval_s, service.timeout_s)
    step = advance(service.standing(), result, service.policy(), fresh)
    apply_standing(service, step.standing)
    periods.write(service.pk, step.transitions)
    _remember(service, result)
    _reschedule(service, finding, now)


def _remember(service: Service, result: CheckResult) -> None:
    if service.last_checked_at is not None and result.checked_at < service.last_checked_at:
        return
    service.last_checked_at = result.checked_at
    service.last_status = result.status.value
    service.last_reason = result.reason.value
    service.last_message = result.message
    service.last_response_time_ms = result.response_time_ms
    service.recent = heartbeats.append(service.recent, result)
    certificate = result.certificate
    if certificate is not None:
        service.certificate_expires_at = certificate.not_after
        service.certificate_issuer = certificate.issuer[:200]
        service.certificate_names = ", ".join(certificate.names)


def _reschedule(service: Service, finding: Finding, now: datetime) -> None:
    if finding.scheduled:
        service.lease_until = None
    if service.next_check_at is None:
        return
    due = next_beat(service.pk, service.interval_s, now) if finding.scheduled else None
    unconfirmed = service.streak > 0 and finding.result.status is Status.DOWN
    retry = retry_at(finding.result.checked_at, service.retry_interval_s) if unconfirmed else None
    candidates = [moment for moment in (due or service.next_check_at, retry) if moment]
    service.next_check_at = min(candidates)
