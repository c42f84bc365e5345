"""Everything on one service's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from monitors.domain.certificates import expiry, is_near
from monitors.domain.chart_range import named
from monitors.domain.curl import curl_command
from monitors.domain.headers import header_names
from monitors.domain.observation import Phases
from monitors.domain.spec import BadSetting
from monitors.domain.state import State
from monitors.domain.wording import duration
from monitors.models import Incident, Service, ServiceStatus
from monitors.models.fields import Unreadable, shown

from .checkers import LATE_AFTER_S
from .dashboard import ServiceRow, service_row, tags_of, with_causes
from .dependencies import Neighbours, neighbours
from .incidents import IncidentRow, incident_row
from .maintenance_list import OfService, of_service
from .response_chart import (
    ResponseTimes,
    latest_response_times,
    newest_checks,
    response_times,
)
from .uptime import LONGEST, UptimeRecord, lived, uptime_record

RECENT = 10
BARS = 30
INCIDENTS = 10


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """The certificate that the last check over TLS was shown."""

    issuer: str
    names: str
    expires_at: datetime
    expiry: str
    """In words: "expires in 9 days"."""
    is_near: bool
    """Whether a check is DEGRADED for it."""


@dataclass(frozen=True, slots=True)
class ServicePage:
    row: ServiceRow
    neighbours: Neighbours
    maintenance: OfService
    reason: str
    next_check_at: datetime | None
    is_overdue: bool
    """Whether its next check should have been made long ago."""
    settings: tuple[tuple[str, str], ...]
    checks: Sequence[ServiceStatus]
    """The newest, newest first."""
    incidents: tuple[IncidentRow, ...]
    """Newest first."""
    uptime: UptimeRecord
    certificate: CertificateFacts | None
    response: ResponseTimes
    flapping_since: datetime | None
    is_set_aside: bool
    """Not run, since it froze a checker."""
    curl: str
    """The check as a command; empty where its settings cannot be read."""
    unreadable: tuple[str, ...]
    """Why secrets cannot be read, a sentence each: no check is made meanwhile."""

    @property
    def title(self) -> str:
        """Its name, behind its state where that is worth a look."""
        state = self.row.state
        return self.row.name if state is State.UP else f"{state.label} · {self.row.name}"

    @property
    def said(self) -> str:
        return f"{self.row.name}: {self.row.state.label.lower()}"

    @property
    def is_down(self) -> bool:
        return self.row.state is State.DOWN

    @property
    def open_incident(self) -> IncidentRow | None:
        return next((row for row in self.incidents if row.incident.resolved_at is None), None)

    @property
    def recent(self) -> Sequence[ServiceStatus]:
        return self.checks[:RECENT]

    @property
    def bar_since(self) -> datetime | None:
        """When the first check of the bar was made."""
        return self.checks[:BARS][-1].checked_at if self.checks else None

    @property
    def latest_phases(self) -> Phases | None:
        return self.checks[0].phases if self.checks else None


def service_page(
    service: Service, now: datetime, zone: tzinfo, range_name: str = ""
) -> ServicePage:
    """Read it all; days are those of a zone."""
    wanted = named(range_name, now)
    maintenance = of_service(service.pk, now)
    checks, past = newest_checks(service), lived(service, now - LONGEST, now)
    due_at = service.next_check_at
    return ServicePage(
        row=_row(service, now, in_maintenance=maintenance.running is not None),
        neighbours=neighbours(service),
        maintenance=maintenance,
        reason=service.last_reason,
        next_check_at=due_at,
        is_overdue=_is_overdue(due_at, now),
        settings=_settings(service),
        checks=checks,
        incidents=latest_incidents(service, now),
        uptime=uptime_record(service, past, now, zone),
        certificate=_certificate(service, now),
        response=response_times(service, wanted, past)
        if wanted
        else latest_response_times(service, checks, past, now),
        flapping_since=service.flapping_since,
        is_set_aside=service.is_set_aside,
        curl=_curl(service),
        unreadable=tuple(secret.why for secret in service.unreadable_secrets.values()),
    )


def _is_overdue(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and now - due_at > timedelta(seconds=LATE_AFTER_S)


def _row(service: Service, now: datetime, *, in_maintenance: bool) -> ServiceRow:
    tags = tags_of([service.pk])[service.pk]
    row = service_row(service, now, tags, in_maintenance=in_maintenance)
    return with_causes([row], now)[0]


def latest_incidents(service: Service, now: datetime) -> tuple[IncidentRow, ...]:
    found = Incident.objects.filter(service=service).order_by("-started_at")[:INCIDENTS]
    return tuple(incident_row(incident, now) for incident in found)


def _certificate(service: Service, now: datetime) -> CertificateFacts | None:
    expires_at = service.certificate_expires_at
    if expires_at is None:
        return None
    return CertificateFacts(
        service.certificate_issuer,
        service.certificate_names,
        expires_at,
        expiry(expires_at, now),
        service.verify_tls and is_near(expires_at, service.tls_expiry_warn_days, now),
    )


def _curl(service: Service) -> str:
    try:
        return curl_command(service.check_spec())
    except BadSetting:
        return ""


def _settings(service: Service) -> tuple[tuple[str, str], ...]:
    """Settings as people read them; secrets are only said to be there."""
    # A beat may come before the retry.
    retry_s = min(service.retry_interval_s, service.interval_s)
    lines = [
        ("Method", service.method),
        ("Checked every", duration(service.interval_s)),
        ("Timeout", f"{service.timeout_s:g} s for the whole check"),
        ("Accepted status codes", service.expected_status),
        ("Redirects", "followed" if service.follow_redirects else "not followed"),
        ("TLS certificate", "verified" if service.verify_tls else "not verified"),
        ("Down after", _in_a_row(service.failures_before_down, "failed check")),
        ("Up again after", _in_a_row(service.successes_before_up, "good check")),
        ("Retry interval", duration(retry_s)),
    ]
    optional = [
        ("Request headers", _names_only(service.headers)),
        ("Request body", f"{len(service.body)} characters" if service.body else ""),
        ("Secret headers", _names_only(service.secret_headers)),
        ("Username", service.username),
        ("Password", _unreadable(service.password)),
        (
            "Bearer token",
            _unreadable(service.bearer_token) or ("stored" if service.bearer_token else ""),
        ),
        ("Client certificate", "offered to servers that ask" if service.client_certificate else ""),
        ("Client certificate key", _unreadable(service.client_key)),
        (
            "Custom CA certificates",
            "trusted too" if service.ca_bundle else "",
        ),
        ("IP version", "IPv6 first" if service.prefer_ipv6 else ""),
        ("Body matches", service.pattern),
        ("Response header", service.response_header),
        ("Body must contain", service.keyword),
        ("Body must not contain", service.keyword_absent),
        ("JSON", _json(service)),
        ("Degraded", _slow(service)),
        ("Locations", _places(service)),
        ("Keep history for", _kept(service)),
    ]
    return (*lines, *((label, value) for label, value in optional if value))


def _in_a_row(count: int, noun: str) -> str:
    return f"one {noun}" if count == 1 else f"{count} {noun}s in a row"


def _names_only(headers: str | Unreadable) -> str:
    return _unreadable(headers) or ", ".join(header_names(shown(headers)))


def _unreadable(secret: str | Unreadable) -> str:
    return "stored, but cannot be read" if isinstance(secret, Unreadable) else ""


def _json(service: Service) -> str:
    if not service.json_path:
        return ""
    if not service.json_expected:
        return f"{service.json_path} is there"
    rule = f"{service.json_path} {service.json_compare} {service.json_expected}"
    # One value needs no word about several; where there may be several the choice tells.
    return f"{rule}, {service.json_match} of several values" if service.json_match else rule


def _places(service: Service) -> str:
    if not service.locations:
        return ""
    agree = service.locations_before_down
    return f"{service.locations}; down when {agree} agree{'s' if agree == 1 else ''}"


def _kept(service: Service) -> str:
    return f"{service.retention_days} days" if service.retention_days else ""


def _slow(service: Service) -> str:
    limit = service.degraded_after_ms
    return f"when slower than {limit:g} ms" if limit is not None else ""
