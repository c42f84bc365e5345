"""A service as the API takes and gives it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from pydantic import BaseModel, ConfigDict, Field, field_validator

from monitors.domain.headers import header_names
from monitors.domain.locations import parse_locations
from monitors.domain.state import State
from monitors.domain.tags import MAX_TAGS
from monitors.interfaces.forms.dependencies import MAX_DEPENDENCIES
from monitors.models import Service
from monitors.models.fields import shown
from monitors.queries.dashboard import ServiceRow, next_checks_of, service_row, tags_of
from monitors.queries.dependencies import depends_on_of
from monitors.queries.maintenance import covered

from .check import StatusName
from .settings import Settings, describe, describe_new

ServiceId = Annotated[int, Field(ge=1, lt=2**53)]
"""Whole in JSON too."""


class ServiceChange(Settings):
    """Settings to change; what is left out stays as it is.

    Only types are checked here: the rules are those of ServiceForm, for the page and the API.
    """

    model_config = ConfigDict(json_schema_extra=describe)

    name: str | None = None
    url: str | None = None
    method: str | None = None
    headers: dict[str, str] | None = None
    secret_headers: dict[str, str] | None = None
    body: str | None = None
    username: str | None = None
    password: str | None = None
    bearer_token: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    forget_secrets: bool = False
    prefer_ipv6: bool = False
    interval_s: int | None = None
    timeout_s: float | None = None
    expected_status: str | None = None
    follow_redirects: bool = True
    verify_tls: bool = True
    ca_bundle: str | None = None
    keyword: str | None = None
    keyword_absent: str | None = None
    pattern: str | None = None
    response_header: str | None = None
    json_path: str | None = None
    json_compare: str | None = None
    json_expected: str | None = None
    json_match: str | None = Field(
        None,
        description="any or all of several values; empty: all for !=, < and >, else any",
    )
    degraded_after_ms: float | None = None
    tls_expiry_warn_days: int | None = None
    failures_before_down: int | None = None
    successes_before_up: int | None = None
    retry_interval_s: int | None = None
    locations: list[str] | None = None
    locations_before_down: int | None = None
    retention_days: int | None = None
    tags: Annotated[list[str], Field(max_length=MAX_TAGS)] | None = None
    depends_on: Annotated[list[ServiceId], Field(max_length=MAX_DEPENDENCIES)] | None = None
    paused: bool = False

    @field_validator("tags")
    @classmethod
    def without_commas(cls, tags: list[str] | None) -> list[str] | None:
        """Refuse what the page takes for two."""
        if any("," in tag for tag in tags or ()):
            raise ValueError("no tag has a comma in it")
        return tags


class ServicePatch(ServiceChange):
    """Settings of a service to change, and optionally what is known of it."""

    revision: int | None = Field(
        None, ge=1, lt=2**31, description="refused with 409 where the service is at another one"
    )


class ServiceIn(ServiceChange):
    """A service to add: a name, a URL, and every setting that is not to have its default."""

    model_config = ConfigDict(json_schema_extra=describe_new)

    name: str = Field(..., examples=["Example Service"])
    url: str = Field(..., examples=["https://example.com"])


_SHOWN = [state.value for state in State if state is not State.PAUSED]
StateName = Annotated[str, Field(json_schema_extra={"enum": _SHOWN})]


class ServiceOut(BaseModel):
    """A service, its settings without secrets, and where it stands."""

    id: int
    name: str
    url: str
    revision: int = Field(..., description="counts the changes of its settings")
    state: StateName
    state_since: datetime
    paused: bool
    failing_since: datetime | None = Field(
        ..., description="when a failure began that is not confirmed yet"
    )
    last_checked_at: datetime | None
    last_status: StatusName | None
    last_response_time_ms: float | None
    last_message: str | None
    next_check_at: datetime | None
    created_at: datetime
    in_maintenance: bool = Field(..., description="alerts are held, and uptime leaves it out")
    tags: list[str]
    depends_on: list[int]
    method: str
    header_names: list[str] = Field(..., description="values are not given back")
    secret_header_names: list[str]
    has_bearer_token: bool
    client_certificate: str
    has_client_key: bool
    certificate_expires_at: datetime | None
    certificate_issuer: str
    prefer_ipv6: bool
    ca_bundle: str
    pattern: str
    response_header: str
    json_compare: str
    body: str
    username: str
    has_password: bool
    unreadable_secrets: list[str] = Field(
        ..., description="settings stored under another SECRET_KEY: no check can be made with them"
    )
    interval_s: int
    timeout_s: float
    expected_status: str
    follow_redirects: bool
    verify_tls: bool
    keyword: str
    keyword_absent: str
    json_path: str
    json_expected: str
    json_match: str = Field(..., description="any or all of several values")
    degraded_after_ms: float | None
    tls_expiry_warn_days: int
    failures_before_down: int
    successes_before_up: int
    retry_interval_s: int
    locations: list[str] = Field(..., description="empty where any checker will do")
    locations_before_down: int
    retention_days: int | None


_AS_STORED = (
    "revision",
    "paused",
    "certificate_expires_at",
    "certificate_issuer",
    "prefer_ipv6",
    "ca_bundle",
    "client_certificate",
    "pattern",
    "response_header",
    "json_compare",
    "last_checked_at",
    "last_response_time_ms",
    "created_at",
    "method",
    "body",
    "username",
    "interval_s",
    "timeout_s",
    "expected_status",
    "follow_redirects",
    "verify_tls",
    "keyword",
    "keyword_absent",
    "json_path",
    "json_expected",
    "degraded_after_ms",
    "tls_expiry_warn_days",
    "failures_before_down",
    "successes_before_up",
    "retry_interval_s",
    "locations_before_down",
    "retention_days",
)


def service_out(service: Service, now: datetime) -> dict[str, Any]:
    """Give the API's view of a service."""
    row = service_row(
        service,
        now,
        tags_of([service.pk])[service.pk],
        in_maintenance=bool(covered([service.pk], now)),
    )
    return _out(service, row, service.next_check_at, depends_on_of([service.pk])[service.pk])


def services_out(services: QuerySet[Service], now: datetime) -> list[dict[str, Any]]:
    """Give the API's view of many services; prefetching would take five times as long."""
    tags, next_checks = tags_of(services), next_checks_of(services)
    found = list(services)
    ids = [service.pk for service in found]
    depends_on, in_maintenance = depends_on_of(ids), covered(ids, now)
    return [
        _out(
            service,
            service_row(
                service, now, tags[service.pk], in_maintenance=service.pk in in_maintenance
            ),
            next_checks.get(service.pk),
            depends_on.get(service.pk, []),
        )
        for service in found
    ]


def _out(
    service: Service, row: ServiceRow, next_check_at: datetime | None, depends_on: Sequence[int]
) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "url": row.url,
        "state": "UNKNOWN" if service.paused else row.state.value,
        "state_since": row.since,
        "failing_since": row.failing_since,
        "last_status": service.last_status or None,
        "last_message": service.last_message or None,
        "next_check_at": next_check_at,
        "in_maintenance": row.in_maintenance,
        "tags": list(row.tags),
        "depends_on": list(depends_on),
        "locations": list(parse_locations(service.locations)),
        "header_names": header_names(shown(service.headers)),
        "secret_header_names": header_names(shown(service.secret_headers)),
        "has_bearer_token": bool(service.bearer_token),
        "has_password": bool(service.password),
        "has_client_key": bool(service.client_key),
        "unreadable_secrets": list(service.unreadable_secrets),
        "json_match": service.json_hits(),
    } | {name: getattr(service, name) for name in _AS_STORED}
