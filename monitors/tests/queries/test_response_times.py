"""Response times of a range do not depend on how much of it has been summed up."""

import random
from datetime import datetime, timedelta, timezone

import pytest

from monitors.actions import rollups
from monitors.models import Chore, Service, ServiceStatus
from monitors.queries.response_times import RANGES, slots, summary_between
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_service

pytestmark = pytest.mark.django_db

DAYS = 4
END = NOON + timedelta(days=DAYS, minutes=13)


@pytest.fixture
def service() -> Service:
    random.seed(7)
    service = a_service()
    ServiceStatus.objects.bulk_create(
        ServiceStatus(
            service=service,
            checked_at=noon_plus(600 * number),
            status=random.choice(["UP", "UP", "UP", "DOWN", "DEGRADED"]),
            reason="ok",
            message="",
            response_time_ms=random.choice([None, random.lognormvariate(4, 1)]),
        )
        for number in range(DAYS * 144 + 1)
    )
    return service


def sum_up(service: Service, until: datetime) -> None:
    hour = NOON
    while hour < until:
        rollups.fold(hour, [service.pk])
        hour += rollups.HOUR
    Chore.objects.update_or_create(name="summaries", defaults={"done_until": hour})


@pytest.mark.parametrize("hours", [1, 30, 96])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NOON, END),
        (noon_plus(1_234), noon_plus(2_000)),
        (noon_plus(1_234), noon_plus(40_000)),
        (noon_plus(90_001), noon_plus(300_000)),
        (noon_plus(86_400 * 3), END),
        (NOON - timedelta(days=400), NOON + timedelta(days=400)),
    ],
)
def test_a_range_is_the_same_however_far_summing_up_is(
    service: Service, hours: int, start: datetime, end: datetime
) -> None:
    from_log = summary_between(service, start, end)
    sum_up(service, noon_plus(hours * 3_600))
    found = summary_between(service, start, end)
    assert found.sum_ms == pytest.approx(from_log.sum_ms)
    parts = ("up", "degraded", "down", "timed", "min_ms", "max_ms", "buckets")
    assert [getattr(found, name) for name in parts] == [getattr(from_log, name) for name in parts]


@pytest.mark.parametrize("hours", [0, 1, 30, 96])
@pytest.mark.parametrize("wanted", RANGES, ids=[wanted.name for wanted in RANGES])
def test_the_steps_of_a_range_hold_all_of_its_checks(
    service: Service, hours: int, wanted: object
) -> None:
    (shown,) = [known for known in RANGES if known == wanted]
    if hours:
        sum_up(service, noon_plus(hours * 3_600))
    found = slots(service, shown, END)
    starts = [slot.starts_at for slot in found]
    assert starts == sorted(set(starts))
    begin = max(starts[0], NOON)
    counted = sum(slot.summary.checks for slot in found)
    assert counted == ServiceStatus.objects.filter(checked_at__gte=begin).count()
    assert starts[0] <= max(NOON, END - shown.length + shown.step)


def test_a_range_in_another_time_zone_is_the_same_range(service: Service) -> None:
    sum_up(service, NOON + timedelta(hours=80))
    start, end = NOON + timedelta(hours=20), NOON + timedelta(hours=70)
    there = timezone(timedelta(hours=-5, minutes=-30))
    elsewhere = summary_between(service, start.astimezone(there), end.astimezone(there))
    assert elsewhere == summary_between(service, start, end)
    assert elsewhere.checks == 300
