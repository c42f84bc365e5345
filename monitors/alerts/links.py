"""Addresses of our own pages, for people who are elsewhere; empty where SITE_URL is not set."""

from django.conf import settings

from monitors.actions.signed_links import acknowledge_token


def to_incident(incident_id: int | None) -> str:
    return _to(f"/incidents/{incident_id}/") if incident_id is not None else ""


def to_service(service_id: int | None) -> str:
    return _to(f"/services/{service_id}/") if service_id is not None else ""


def to_open_incidents() -> str:
    return _to("/incidents/?open=true")


def to_report(query: str) -> str:
    return _to(f"/reports/?{query}")


def to_badge(token: str, figure: str) -> str:
    """Give the address of a badge without its ending."""
    return _to(f"/badge/{token}/{figure}")


def to_wall(token: str) -> str:
    return _to(f"/wall/{token}/")


def to_acknowledge(incident_id: int | None, channel_name: str) -> str:
    """Give the address of a page that asks whether to acknowledge an incident."""
    if incident_id is None or not settings.SITE_URL:
        return ""
    return _to(f"/incidents/acknowledge/{acknowledge_token(incident_id, channel_name)}/")


def _to(path: str) -> str:
    # Not by `reverse`: outside of a request and its thread it knows no BASE_PATH.
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else ""
