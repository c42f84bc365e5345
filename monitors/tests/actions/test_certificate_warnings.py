"""Somebody is told before a certificate expires, once for each number of days."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from monitors.actions import certificate_warnings, services
from monitors.actions.certificate_warnings import warn_next
from monitors.domain.alerting import Event
from monitors.domain.reasons import Reason
from monitors.domain.targets import parse_target
from monitors.models import Alert, Service
from monitors.tests.clock import NOON
from monitors.tests.factories import a_channel, a_service

pytestmark = pytest.mark.django_db

DAYS = [30, 14, 7, 3, 1]


def day(number: float) -> datetime:
    return NOON + timedelta(days=number)


@pytest.fixture(autouse=True)
def _channel(db: None) -> None:
    a_channel("ops", events=[Event.CERTIFICATE.value])
    a_channel("others", events=[Event.DOWN.value])


def showing(ends: datetime, service: Service | None = None, **columns: Any) -> Service:
    """Have a service show a certificate, as checks go on."""
    service = service or a_service(url=f"https://s{Service.objects.count()}.example/")
    given = {
        "state": "UP",
        "certificate_expires_at": ends,
        "certificate_issuer": "R11",
        "certificate_names": "a.example",
        "fresh_until": day(10_000),
    }
    Service.objects.filter(pk=service.pk).update(**(given | columns))
    service.refresh_from_db()
    return service


def warn(at: datetime, days: list[int] | None = None) -> list[str]:
    """Look at all certificates; give what is newly to be told."""
    seen = set(Alert.objects.values_list("pk", flat=True))
    found: int | None = 0
    while found is not None:
        found = warn_next(found, DAYS if days is None else days, at)
    return [alert.told_facts().message for alert in Alert.objects.exclude(pk__in=seen)]


def test_each_number_of_days_is_told_once() -> None:
    showing(day(60))
    told = {number: warn(day(number)) for number in range(70)}
    assert {60 - number for number, said in told.items() if said} == {30, 14, 7, 3, 1, 0}
    assert told[53] == ["certificate expires in 7 days, issued by R11"]
    assert told[60] == ["certificate expired 1 second ago, issued by R11"]
    numbers = [alert.told_facts().number for alert in Alert.objects.order_by("pk")]
    assert numbers == [30, 14, 7, 3, 1, 0]


def test_of_several_that_have_passed_only_the_smallest_is_told() -> None:
    service = showing(day(5))
    assert warn(NOON) == ["certificate expires in 5 days, issued by R11"]
    alert = Alert.objects.get()
    assert (alert.about.split(":")[0], alert.about.split(":")[-1]) == ("certificate", "7")
    assert (alert.channel_name, alert.service) == ("ops", service)
    assert warn(NOON) == []
    assert warn(day(4)) == ["certificate expires in 1 day, issued by R11"]


def test_one_that_has_expired_is_told_as_that() -> None:
    showing(day(-3), state="DOWN", last_reason=Reason.TLS.value)
    assert warn(NOON) == ["certificate expired 3 days ago, issued by R11"]
    assert Alert.objects.get().told_facts().number < 0
    assert warn(day(1)) == []


def test_a_new_certificate_begins_anew() -> None:
    service = showing(day(7))
    assert len(warn(NOON)) == 1
    showing(day(97), service)
    assert warn(NOON) == []
    assert len(warn(day(67))) == 1
    # Another of the same end, by somebody else.
    showing(day(97), service, certificate_issuer="E5")
    assert len(warn(day(67))) == 1


def test_two_that_take_turns_are_each_told_once() -> None:
    service = showing(day(6))
    assert len(warn(NOON)) == 1
    showing(day(5), service)
    assert len(warn(NOON)) == 1
    showing(day(6), service)
    assert warn(NOON) == []


@pytest.mark.parametrize(
    "columns",
    [
        {"verify_tls": False},
        {"tls_expiry_warn_days": 0},
        {"paused": True, "state": "PAUSED"},
        # Nobody looks any more: it may have been renewed.
        {"fresh_until": NOON - timedelta(seconds=1)},
        {"fresh_until": None},
        {"state": "DOWN", "last_reason": Reason.CONNECT.value},
        {"certificate_expires_at": None},
        {"certificate_expires_at": datetime.max.replace(tzinfo=NOON.tzinfo)},
    ],
)
def test_of_these_nothing_is_told(columns: dict[str, Any]) -> None:
    showing(day(2), **columns)
    assert warn(NOON) == []


def test_without_days_nothing_is_told() -> None:
    showing(day(2))
    assert warn(NOON, []) == []


def test_another_address_has_another_certificate() -> None:
    service = showing(day(2))
    target = parse_target("https://other.example/")
    services.edit(service.pk, {"url": target.url, "url_key": target.key}, None, NOON)
    assert warn(NOON) == []


def test_many_are_looked_at_in_batches_and_told_together(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(certificate_warnings, "BATCH", 3)
    for _ in range(7):
        showing(day(2))
    for _ in range(2):
        # Services; what is noted; tags; who is told, and of what; begin and end.
        with django_assert_num_queries(9):
            warn_next(0, DAYS, NOON)
        Service.objects.update(certificate_warned="")
        Alert.objects.all().delete()
    assert len(warn(NOON)) == 7
    with django_assert_num_queries(1):
        warn_next(0, DAYS, NOON)
