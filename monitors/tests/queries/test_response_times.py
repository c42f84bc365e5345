"""Response times of a range do not depend on how much of it has been summed up."""

import random
from datetime import datetime, timedelta, timezone

import pytest

from monitors.actions import rollups
from monitors.domain.chart_range import DAY, HOUR, LENGTHS, MINUTE, ChartRange
from monitors.models import Chore, Service, ServiceStatus
from monitors.queries.response_times import chart_slots, slots, summary_between, summary_of_many
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
@pytest.mark.parametrize("step", [5 * MINUTE, HOUR, DAY], ids=["minutes", "hours", "days"])
@pytest.mark.parametrize("length", [known.length for known in LENGTHS], ids=str)
def test_the_steps_of_a_range_hold_all_of_its_checks(
    service: Service, hours: int, step: timedelta, length: timedelta
) -> None:
    if hours:
        sum_up(service, noon_plus(hours * 3_600))
    found = slots(service, ChartRange(END - length, END), step)
    starts = [slot.starts_at for slot in found]
    assert starts == sorted(set(starts))
    begin = max(starts[0], NOON)
    counted = sum(slot.summary.checks for slot in found)
    assert counted == ServiceStatus.objects.filter(checked_at__gte=begin).count()
    # There is a check every ten minutes.
    assert starts[0] <= max(NOON, END - length + max(step, 10 * MINUTE))


@pytest.mark.parametrize("hours", [0, 1, 30, 96])
@pytest.mark.parametrize("step", [5 * MINUTE, HOUR, DAY], ids=["minutes", "hours", "days"])
def test_a_range_that_ended_is_the_same_however_far_summing_up_is(
    service: Service, hours: int, step: timedelta
) -> None:
    past = ChartRange(NOON + timedelta(hours=12), NOON + timedelta(days=2, hours=12))
    if hours:
        sum_up(service, noon_plus(hours * 3_600))
    found = slots(service, past, step)
    counted = sum(slot.summary.checks for slot in found)
    held = ServiceStatus.objects.filter(checked_at__gte=found[0].starts_at)
    assert counted == held.filter(checked_at__lt=past.end).count() > 0


def test_a_range_in_another_time_zone_is_the_same_range(service: Service) -> None:
    sum_up(service, NOON + timedelta(hours=80))
    start, end = NOON + timedelta(hours=20), NOON + timedelta(hours=70)
    there = timezone(timedelta(hours=-5, minutes=-30))
    elsewhere = summary_between(service, start.astimezone(there), end.astimezone(there))
    assert elsewhere == summary_between(service, start, end)
    assert elsewhere.checks == 300


@pytest.mark.parametrize(("deleted", "count"), [(0, 5), (30, 2)])
def test_minutes_are_shown_while_the_log_has_all_that_there_was(deleted: int, count: int) -> None:
    service = a_service(interval_s=600)
    ServiceStatus.objects.bulk_create(
        ServiceStatus(
            service=service,
            checked_at=noon_plus(600 * number),
            status="UP",
            reason="ok",
            message="",
            response_time_ms=5,
        )
        for number in range(7)
    )
    ServiceStatus.objects.filter(checked_at__lt=noon_plus(60 * deleted)).delete()
    day = ChartRange(NOON - timedelta(hours=22), NOON + timedelta(hours=2))
    assert len(chart_slots(service, day)) == count


@pytest.mark.parametrize("hours", [0, 30, 96])
def test_many_services_are_summed_up_as_one_is(service: Service, hours: int) -> None:
    if hours:
        sum_up(service, NOON + timedelta(hours=hours))
    start = NOON + timedelta(days=1)
    alone = summary_between(service, start, END)
    assert summary_of_many([service.pk], start, END) == alone
    assert summary_of_many([service.pk, a_service().pk], start, END) == alone
    assert summary_of_many([], start, END).checks == 0


@pytest.mark.parametrize("hours", [0, 96])
def test_of_many_services_the_newest_rows_are_read(
    service: Service, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitors.queries.response_times.MOST_ROWS", 2)
    if hours:
        sum_up(service, NOON + timedelta(hours=hours))
    start = NOON + timedelta(days=1)
    newest = END - (timedelta(minutes=23) if not hours else timedelta(hours=2, minutes=13))
    expected = summary_between(service, newest, END)
    assert summary_of_many([service.pk], start, END) == expected
