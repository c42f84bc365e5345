from datetime import UTC, timedelta
from typing import Any

import pytest

from monitors.actions.results import Finding, record
from monitors.domain.observation import Certificate
from monitors.domain.result import Status
from monitors.models import Service
from monitors.queries.service_page import CertificateFacts, service_page
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_result, a_service, checked

pytestmark = pytest.mark.django_db

UP, DOWN = Status.UP, Status.DOWN


def test_its_incidents_are_the_newest_first_with_what_was_found() -> None:
    service = checked(a_service(), UP, DOWN, DOWN, UP, DOWN, DOWN)
    checked(a_service(failures_before_down=1), DOWN)
    page = service_page(service, noon_plus(400), UTC)
    message = "connection refused by 192.0.2.7 port 443"
    assert [
        (
            row.incident.started_at,
            row.incident.resolved_at,
            row.duration_s,
            row.incident.message,
            row.incident.ending,
        )
        for row in page.incidents
    ] == [
        (noon_plus(300), None, 100, message, ""),
        (noon_plus(120), noon_plus(240), 120, message, "recovered"),
    ]
    assert page.open_incident == page.incidents[0]


def test_a_service_that_is_well_has_no_open_incident() -> None:
    service = checked(a_service(failures_before_down=1), DOWN, UP)
    page = service_page(service, noon_plus(130), UTC)
    assert (len(page.incidents), page.open_incident) == (1, None)


def test_the_page_costs_the_same_queries_for_one_outage_and_for_three(
    django_assert_num_queries: object,
) -> None:
    for outages in (1, 3):
        service = checked(a_service(failures_before_down=1), *([DOWN, UP] * outages))
        # Checks; incidents; tags; uptime, maintenance, what was reclassified; when it is due;
        # what it depends on, what on it, and what is behind it; behind what it is; its maintenance.
        with django_assert_num_queries(12):  # type: ignore[operator]
            service_page(service, noon_plus(500), UTC)


def test_the_certificate_of_the_last_check_is_kept_with_the_service() -> None:
    service = a_service(tls_expiry_warn_days=14)
    ends = NOON + timedelta(days=10)
    shown = Certificate("R11", ("a.example", "b.example"), NOON, ends)
    record([Finding(service.pk, a_result(at=noon_plus(1), certificate=shown))], noon_plus(1))
    record([Finding(service.pk, a_result(DOWN, noon_plus(2)))], noon_plus(2))
    page = service_page(Service.objects.get(pk=service.pk), noon_plus(3), UTC)
    assert page.certificate == CertificateFacts(
        "R11", "a.example, b.example", ends, "expires in 9 days", is_near=True
    )


@pytest.mark.parametrize(
    ("given", "is_near"),
    [({}, True), ({"verify_tls": False}, False), ({"tls_expiry_warn_days": 0}, False)],
)
def test_a_certificate_warns_on_the_page_where_it_warns_in_a_check(
    given: dict[str, Any], is_near: bool
) -> None:
    service = a_service(**given)
    shown = Certificate("R11", ("a.example",), NOON, NOON - timedelta(days=3))
    record([Finding(service.pk, a_result(at=noon_plus(1), certificate=shown))], noon_plus(1))
    service.refresh_from_db()
    facts = service_page(service, noon_plus(1), UTC).certificate
    assert facts is not None
    assert (facts.expiry, facts.is_near) == ("expired 3 days ago", is_near)


def test_a_service_without_tls_has_no_certificate() -> None:
    assert service_page(checked(a_service(), UP), noon_plus(61), UTC).certificate is None


def test_the_bar_begins_with_the_first_check_that_it_shows() -> None:
    few = service_page(checked(a_service(), UP, UP), noon_plus(61), UTC)
    many = service_page(checked(a_service(), *[UP] * 40), noon_plus(2_401), UTC)
    assert (few.bar_since, many.bar_since) == (noon_plus(60), noon_plus(660))
    assert service_page(a_service(), NOON, UTC).bar_since is None
