"""Summaries and retention, broken off and done again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from monitors.actions import retention, services
from monitors.actions.results import Finding, record
from monitors.domain.evidence import Evidence
from monitors.domain.result import Status
from monitors.engine import housekeeping
from monitors.engine.housekeeping import Housekeeper, OutOfTime
from monitors.loops.clock import DatabaseClock
from monitors.models import (
    Alert,
    CheckEvidence,
    Chore,
    DailySummary,
    DeletedService,
    HourlySummary,
    HourToRedo,
    LogToDelete,
    Service,
    ServiceStatus,
)
from monitors.tests.clock import NOON, noon_plus
from monitors.tests.factories import a_channel, a_result, a_service

pytestmark = pytest.mark.django_db

HOUR_S = 3_600
Work = Callable[[], object]


class FixedClock(DatabaseClock):
    """Stands still."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def read(self) -> datetime:
        return self._now


class SameThread:
    """Stands for the thread of the database; may be told to fail at a piece of work."""

    def __init__(self, now: datetime, fails_at: int | None = None) -> None:
        self.clock = FixedClock(now)
        self.done = 0
        self.fails_at = fails_at

    async def run(self, work: Work) -> object:
        self.done += 1
        if self.done == self.fails_at:
            raise KeyboardInterrupt
        return await sync_to_async(work)()


def keep_house(
    monkeypatch: pytest.MonkeyPatch, now: datetime, fails_at: int | None = None
) -> SameThread:
    monkeypatch.setattr(housekeeping, "PAUSE_S", 0)
    database = SameThread(now, fails_at)
    async_to_sync(Housekeeper(database).keep_house)()  # type: ignore[arg-type]
    return database


def results(service: Service, *found: tuple[float, Status, float | None]) -> None:
    """Record results as they come, each the seconds after noon, a status and a time."""
    for seconds, status, time_ms in found:
        at = noon_plus(seconds)
        record([Finding(service.pk, a_result(status, at, response_time_ms=time_ms))], at)


def hours(service: Service) -> list[tuple[datetime, int, int, float]]:
    rows = HourlySummary.objects.filter(service=service).order_by("starts_at")
    return [(row.starts_at, row.up, row.down, row.sum_ms) for row in rows]


def test_an_hour_is_summed_up_once_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    service, other = a_service(), a_service()
    results(service, (0, Status.UP, 10), (1_800, Status.DOWN, None), (HOUR_S, Status.UP, 30))
    results(other, (60, Status.UP, 5))
    keep_house(monkeypatch, noon_plus(HOUR_S + 299))
    assert hours(service) == []
    keep_house(monkeypatch, noon_plus(HOUR_S + 300))
    assert (hours(service), hours(other)) == ([(NOON, 1, 1, 10)], [(NOON, 1, 0, 5)])
    keep_house(monkeypatch, noon_plus(2 * HOUR_S + 300))
    assert hours(service) == [(NOON, 1, 1, 10), (noon_plus(HOUR_S), 1, 0, 30)]
    (day,) = DailySummary.objects.filter(service=service)
    assert (day.starts_at.hour, day.up, day.down, day.sum_ms) == (0, 2, 1, 40)


def test_wherever_it_is_broken_off_nothing_is_missed_or_counted_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "SERVICES_AT_ONCE", 1)
    many = [a_service() for _ in range(3)]
    for service in many:
        results(service, (0, Status.UP, 10), (HOUR_S, Status.UP, 20))
    now = noon_plus(2 * HOUR_S + 300)
    whole = keep_house(monkeypatch, now).done
    expected = [hours(service) for service in many]
    assert expected == [[(NOON, 1, 0, 10), (noon_plus(HOUR_S), 1, 0, 20)]] * 3
    for broken_at in range(1, whole):
        for model in (HourlySummary, DailySummary, Chore):
            model.objects.all().delete()
        with pytest.raises(KeyboardInterrupt):
            keep_house(monkeypatch, now, fails_at=broken_at)
        # The lease of the one that was killed runs out.
        keep_house(monkeypatch, now + timedelta(minutes=3))
        assert [hours(service) for service in many] == expected
        assert [day.up for day in DailySummary.objects.all()] == [2, 2, 2]


def test_only_one_checker_does_it_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    service = a_service()
    results(service, (0, Status.UP, 10))
    now = noon_plus(HOUR_S + 300)
    Chore.objects.create(name="summaries", lease_until=now + timedelta(seconds=1))
    keep_house(monkeypatch, now)
    assert hours(service) == []
    keep_house(monkeypatch, now + timedelta(seconds=2))
    assert len(hours(service)) == 1


def test_results_that_come_late_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    service = a_service()
    results(service, (0, Status.UP, 10))
    later = noon_plus(HOUR_S + 600)
    keep_house(monkeypatch, later)
    record([Finding(service.pk, a_result(Status.UP, noon_plus(1_000)))], later)
    assert hours(service) == [(NOON, 1, 0, 10)]
    keep_house(monkeypatch, later + timedelta(minutes=1))
    assert hours(service) == [(NOON, 2, 0, 22.5)]
    assert not HourToRedo.objects.exists()


def test_time_without_checks_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    service = a_service()
    results(service, (0, Status.UP, 10), (1_000 * HOUR_S, Status.UP, 10))
    database = keep_house(monkeypatch, noon_plus(1_001 * HOUR_S + 300))
    assert len(hours(service)) == 2
    assert database.done < 37


def test_checks_are_kept_as_long_as_asked_for(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.RETENTION_DAYS = 2  # type: ignore[attr-defined]
    usual, longer = a_service(), a_service(retention_days=5)
    day_s = 86_400
    for service in (usual, longer):
        results(service, *((day * day_s, Status.DOWN, None) for day in range(7)))
    keep_house(monkeypatch, noon_plus(6 * day_s + HOUR_S + 300))
    kept = {
        service.pk: [check.checked_at for check in ServiceStatus.objects.of(service)]
        for service in (usual, longer)
    }
    assert kept == {
        usual.pk: [noon_plus(day * day_s) for day in (6, 5)],
        longer.pk: [noon_plus(day * day_s) for day in (6, 5, 4, 3, 2)],
    }
    assert len(hours(usual)) == 7


def test_evidence_goes_with_its_check(monkeypatch: pytest.MonkeyPatch) -> None:
    service = a_service(retention_days=1)
    kept = Evidence("192.0.2.7", (), (), "body")
    for day in range(3):
        at = noon_plus(day * 86_400)
        record([Finding(service.pk, a_result(Status.DOWN, at, evidence=kept))], at)
    keep_house(monkeypatch, noon_plus(2 * 86_400 + HOUR_S + 300))
    assert CheckEvidence.objects.count() == ServiceStatus.objects.count() == 1


def test_what_is_not_summed_up_yet_is_not_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    service = a_service(retention_days=1)
    results(service, (0, Status.UP, 10))
    now = noon_plus(5 * 86_400)
    Chore.objects.create(name="summaries", lease_until=now + timedelta(minutes=1))
    keep_house(monkeypatch, now)
    assert ServiceStatus.objects.count() == 1


def test_a_deleted_service_leaves_nothing_wherever_the_work_is_broken_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    met = Evidence("192.0.2.7", (), (), "body")
    kept = a_service()
    results(kept, (0, Status.UP, 10))

    def delete_two() -> None:
        for service in (a_service(), a_service()):
            for seconds in range(5):
                found = a_result(Status.DOWN, noon_plus(seconds), evidence=met)
                record([Finding(service.pk, found)], noon_plus(seconds))
            services.delete(service.pk, noon_plus(900))

    delete_two()
    now = noon_plus(1_600)
    whole = keep_house(monkeypatch, now).done
    assert left_by_deleted() == (1, 0, 0)
    for broken_at in range(1, whole):
        Chore.objects.all().delete()
        delete_two()
        with pytest.raises(KeyboardInterrupt):
            keep_house(monkeypatch, now, fails_at=broken_at)
        keep_house(monkeypatch, now + timedelta(minutes=3))
        assert left_by_deleted() == (1, 0, 0)


def test_what_has_expired_does_not_wait_for_the_log_of_a_deleted_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, deleted = a_service(retention_days=1), a_service()
    results(kept, (0, Status.UP, 10))
    results(deleted, (0, Status.UP, 10))
    services.delete(deleted.pk, noon_plus(900))
    monkeypatch.setattr(housekeeping, "PAUSE_S", 0)

    class UntilExpired(SameThread):
        is_over = False

        async def run(self, work: Work) -> object:
            answer = await super().run(work)
            self.is_over = not await ServiceStatus.objects.of(kept).aexists()
            return answer

    database = UntilExpired(noon_plus(3 * 86_400))
    with pytest.raises(OutOfTime):
        async_to_sync(Housekeeper(database, lambda: database.is_over).keep_house)()  # type: ignore[arg-type]
    assert ServiceStatus.objects.filter(service_id=deleted.pk).exists()


def left_by_deleted() -> tuple[int, int, int]:
    assert not DeletedService.objects.exists()
    models = (ServiceStatus, CheckEvidence, LogToDelete)
    checks, evidence, logs = (model.objects.count() for model in models)
    return checks, evidence, logs


def test_a_clock_that_was_ahead_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    service = a_service(retention_days=1)
    results(service, (0, Status.UP, 10))
    days_ahead = noon_plus(9 * 86_400)
    Chore.objects.create(name="summaries", done_until=days_ahead)
    Chore.objects.create(name="retention", done_until=days_ahead)
    keep_house(monkeypatch, noon_plus(60))
    keep_house(monkeypatch, noon_plus(HOUR_S + 300))
    assert hours(service) == [(NOON, 1, 0, 10)]
    keep_house(monkeypatch, noon_plus(2 * 86_400))
    assert not ServiceStatus.objects.exists()


def test_a_late_result_does_not_take_the_place_of_an_hour_that_has_expired(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = a_service(retention_days=1)
    results(service, (0, Status.UP, 10), (60, Status.UP, 20))
    later = noon_plus(2 * 86_400)
    keep_house(monkeypatch, later)
    assert not ServiceStatus.objects.exists()
    record([Finding(service.pk, a_result(Status.DOWN, noon_plus(120)))], later)
    keep_house(monkeypatch, later + timedelta(minutes=1))
    assert hours(service) == [(NOON, 2, 0, 30)]
    assert not HourToRedo.objects.exists()


def test_hours_expire_by_whole_days(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    settings.HOURLY_RETENTION_DAYS = 2  # type: ignore[attr-defined]
    service = a_service()
    results(service, *((hour * HOUR_S, Status.UP, 10) for hour in range(-12, 72)))
    keep_house(monkeypatch, noon_plus(72 * HOUR_S + 300))
    first = HourlySummary.objects.order_by("starts_at").values_list("starts_at", flat=True)[0]
    # 72 hours after noon it is noon: two days before is noon too, and its day is kept whole.
    assert first == noon_plus(12 * HOUR_S)
    assert [day.up for day in DailySummary.objects.order_by("starts_at")] == [24, 24, 24, 12]


def test_one_that_lost_its_lease_takes_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    Chore.objects.create(name="summaries", done_until=noon_plus(5 * HOUR_S))
    housekeeping._advance(NOON)
    assert Chore.objects.get().done_until == noon_plus(5 * HOUR_S)


def test_who_has_no_more_time_leaves_the_rest_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    service = a_service()
    results(service, (0, Status.UP, 10), (HOUR_S, Status.UP, 20))
    monkeypatch.setattr(housekeeping, "PAUSE_S", 0)
    for _ in range(4):
        database = SameThread(noon_plus(2 * HOUR_S + 300))
        keeper = Housekeeper(database, lambda work=database: work.done >= 13)  # type: ignore[misc, arg-type]
        with suppress(OutOfTime):
            async_to_sync(keeper.keep_house)()
        # Only the chore that was broken off is put down after that.
        assert database.done <= 14
        assert not Chore.objects.exclude(lease_until=None).exists()
    assert hours(service) == [(NOON, 1, 0, 10), (noon_plus(HOUR_S), 1, 0, 20)]


def test_certificates_are_looked_after_every_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    a_channel("ops", events=["certificate"])
    service = a_service(url="https://a.example/")
    ends = noon_plus(5 * 86_400)
    Service.objects.filter(pk=service.pk).update(
        state="UP", certificate_expires_at=ends, fresh_until=ends
    )
    for seconds, number in ((0, 1), (3 * 86_400, 2), (3 * 86_400 + 599, 2)):
        keep_house(monkeypatch, noon_plus(seconds))
        assert Alert.objects.count() == number
    # Looked at just now: the next time is ten minutes later.
    keep_house(monkeypatch, noon_plus(4 * 86_400 - 1))
    Service.objects.update(certificate_warned="")
    keep_house(monkeypatch, noon_plus(4 * 86_400))
    assert Service.objects.get().certificate_warned == ""
